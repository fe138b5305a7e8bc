import type { ExecutionProvider } from '#contract/executionProvider.js';

/**
 * Whether ONNX Runtime lets a program choose one of several GPUs for this execution provider. For WebGPU it takes the
 * adapter that Dawn prefers: its `deviceId` is the number of a device that the program made itself, which Node.js
 * cannot make. For Core ML the system decides.
 */
export const selectsGpu = (provider: ExecutionProvider): provider is Selecting =>
  provider === 'cuda' || provider === 'dml';

type Selecting = 'cuda' | 'dml';

/**
 * An execution provider as ONNX Runtime takes it, on the GPU that PROMPTSEG_GPU names. CUDA then counts the GPUs as
 * `nvidia-smi` does, by their slots; without CUDA_DEVICE_ORDER it would put the fastest first. DirectML counts them as
 * Windows does.
 */
export function onGpu(
  provider: ExecutionProvider,
  gpu: number | undefined,
): ExecutionProvider | { readonly name: Selecting; readonly deviceId: number } {
  if (gpu === undefined || !selectsGpu(provider)) return provider;
  if (provider === 'cuda') process.env.CUDA_DEVICE_ORDER ??= 'PCI_BUS_ID';
  return { name: provider, deviceId: gpu };
}
