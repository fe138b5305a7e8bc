import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { onGpu } from './selectedGpu.js';

const before = process.env.CUDA_DEVICE_ORDER;
beforeEach(() => {
  delete process.env.CUDA_DEVICE_ORDER;
});
afterEach(() => {
  if (before === undefined) delete process.env.CUDA_DEVICE_ORDER;
  else process.env.CUDA_DEVICE_ORDER = before;
});

it('hands the number of the GPU to CUDA, which counts as nvidia-smi does, and to DirectML', () => {
  expect(onGpu('cuda', 1)).toEqual({ name: 'cuda', deviceId: 1 });
  expect(process.env.CUDA_DEVICE_ORDER).toBe('PCI_BUS_ID');
  expect(onGpu('dml', 0)).toEqual({ name: 'dml', deviceId: 0 });
});

it('keeps an order of GPUs that somebody chose', () => {
  process.env.CUDA_DEVICE_ORDER = 'FASTEST_FIRST';
  onGpu('cuda', 0);
  expect(process.env.CUDA_DEVICE_ORDER).toBe('FASTEST_FIRST');
});

it('changes nothing where no GPU is named, or none can be', () => {
  expect(onGpu('cuda', undefined)).toBe('cuda');
  expect(process.env.CUDA_DEVICE_ORDER).toBeUndefined();
  for (const provider of ['cpu', 'webgpu', 'coreml'] as const) expect(onGpu(provider, 1)).toBe(provider);
});
