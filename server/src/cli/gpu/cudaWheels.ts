import type { Wheel } from './wheel.js';

/**
 * The files of `promptseg gpu install`, with the checksums that PyPI had when this was written by
 * `node scripts/gpu-wheels.mjs`.
 */
export const cudaWheels: {
  /** Version of onnxruntime-node and of the provider. */
  readonly onnxRuntime: string;
  readonly cuda: number;
  /** NVIDIA's driver must have this version or a newer one. */
  readonly oldestDriver: string;
  readonly wheels: readonly Wheel[];
} = {
  onnxRuntime: '1.30.0',
  cuda: 13,
  oldestDriver: '580.65.06',
  wheels: [
    {
      distribution: 'onnxruntime-gpu',
      version: '1.30.0',
      file: 'onnxruntime_gpu-1.30.0-cp312-cp312-manylinux_2_28_x86_64.whl',
      sha256: '6acc0f4b3d5ac5f2984432faa59dd8fcce6775f8b43a7140afa0f322c7a703b1',
      bytes: 246685715,
      unpackedBytes: 302118168,
      provides: [],
    },
    {
      distribution: 'nvidia-cuda-runtime',
      version: '13.5.37',
      file: 'nvidia_cuda_runtime-13.5.37-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: 'df2b79a8852f10d1fef8c848489c49eebb5754051bf870202a862831412b179d',
      bytes: 2504024,
      unpackedBytes: 806720,
      provides: ['libcudart.so.13'],
    },
    {
      distribution: 'nvidia-cublas',
      version: '13.10.0.20',
      file: 'nvidia_cublas-13.10.0.20-py3-none-manylinux1_x86_64.manylinux_2_5_x86_64.whl',
      sha256: 'dcc6d63884c53d07e267ce7e6feac17b2538cebaafec5db865736c3e28e4dc84',
      bytes: 444289903,
      unpackedBytes: 609684976,
      provides: ['libcublas.so.13', 'libcublasLt.so.13'],
    },
    {
      distribution: 'nvidia-cudnn-cu13',
      version: '9.28.1.4',
      file: 'nvidia_cudnn_cu13-9.28.1.4-py3-none-manylinux_2_27_x86_64.whl',
      sha256: 'a54f205b1db1f2895d99f398754db1369816f0569dd459731f925635cf7b65ec',
      bytes: 516817937,
      unpackedBytes: 940113128,
      provides: ['libcudnn.so.9'],
    },
    {
      distribution: 'nvidia-cufft',
      version: '12.5.0.14',
      file: 'nvidia_cufft-12.5.0.14-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: 'b8be26837a5abad2b5b74f3e92dd29f622a42934b355be0961a48712cbba23ad',
      bytes: 165072555,
      unpackedBytes: 239085344,
      provides: ['libcufft.so.12'],
    },
    {
      distribution: 'nvidia-curand',
      version: '10.4.5.25',
      file: 'nvidia_curand-10.4.5.25-py3-none-manylinux_2_27_x86_64.whl',
      sha256: '22bb226a857e5888fe6b54ae465fc4371296bcff13a35f79e19691bcf454f529',
      bytes: 77113015,
      unpackedBytes: 104860296,
      provides: ['libcurand.so.10'],
    },
    {
      distribution: 'nvidia-cuda-nvrtc',
      version: '13.5.37',
      file: 'nvidia_cuda_nvrtc-13.5.37-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
      sha256: '86b4d68058807988b7d9af5b44917a0601e9c337f35ccd657bfb3c759ff8d8bc',
      bytes: 58185930,
      unpackedBytes: 148431960,
      provides: ['libnvrtc.so.13'],
    },
    {
      distribution: 'nvidia-nvjitlink',
      version: '13.5.37',
      file: 'nvidia_nvjitlink-13.5.37-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
      sha256: '280d7cb9649704145f074b8dbde500de04ce02d0872e066e20a83c17bcaa93eb',
      bytes: 46642491,
      unpackedBytes: 117247464,
      provides: ['libnvJitLink.so.13'],
    },
  ],
};
