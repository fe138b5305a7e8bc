import { expect, it } from '@jest/globals';
import { withoutGpu } from './availableProviders.js';

it('uses the CPU after a process ended on a GPU, and says why', () => {
  expect(withoutGpu({ providers: ['webgpu', 'cpu'], reasons: ['CUDA: its libraries are not installed'] })).toEqual({
    providers: ['cpu'],
    reasons: ['CUDA: its libraries are not installed', 'WebGPU: an earlier attempt of the job ended its process'],
  });
});

it('changes nothing where the CPU was used before', () => {
  const usable = { providers: ['cpu'], reasons: ['WebGPU: there is no adapter'] } as const;
  expect(withoutGpu(usable)).toBe(usable);
});
