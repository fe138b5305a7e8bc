import { expect, it } from '@jest/globals';
import { plainReason } from './plainReason.js';

it.each([
  [
    'a library that is absent',
    '/ort/provider_bridge_ort.cc:1921 TryGetProviderInfo_CUDA [ONNXRuntimeError] : 1 : FAIL : Failed to load library ' +
      '/x/libonnxruntime_providers_cuda.so with error: libcudnn.so.9: cannot open shared object file: No such file',
    'libcudnn.so.9 is missing',
  ],
  [
    'a driver that is absent',
    'libcuda.so.1: cannot open shared object file: No such file or directory',
    "NVIDIA's driver is missing (libcuda.so.1)",
  ],
  [
    'a driver older than CUDA',
    'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=0 ; hostname=pc',
    "NVIDIA's driver is too old for the installed CUDA libraries",
  ],
  ['no card', 'CUDA failure 100: no CUDA-capable device is detected ; GPU=-1 ; hostname=pc', 'there is no NVIDIA GPU'],
  [
    'a number without a card',
    'CUDA failure 101: invalid device ordinal ; GPU=5 ; hostname=pc',
    'there is no GPU of the number that PROMPTSEG_GPU names',
  ],
  [
    'a card older than CUDA',
    'CUDA error cudaErrorNoKernelImageForDevice:no kernel image is available for execution on the device',
    'the GPU is older than the installed CUDA libraries support',
  ],
  [
    'CUDA of another version',
    "libcublasLt.so.12: version `libcublasLt.so.12' not found (required by /x/lib/libcublas.so.12)",
    'libcublas.so.12 is of another version than the libraries around it',
  ],
  [
    'a provider of another version',
    '/x/libonnxruntime_providers_cuda.so: undefined symbol: _ZTIN11onnxruntime19IExecutionProviderE',
    'its libraries are of different versions',
  ],
  [
    "Dawn's message",
    'webgpu_context.cc:89 Initialize status == 1 was false. Failed to get a WebGPU adapter.\nat /home/x',
    'Failed to get a WebGPU adapter',
  ],
  ['nothing', '', 'no reason given'],
])('says %s in plain words', (_what, message, expected) => {
  expect(plainReason(message)).toBe(expected);
});

it('cuts long messages', () => {
  expect(plainReason('x'.repeat(1000))).toHaveLength(200);
});
