import { expect, it } from '@jest/globals';
import { providerStates, usableProviders, withoutGpu } from './availableProviders.js';

it('uses the CPU after a process ended on a GPU, and says why', () => {
  expect(withoutGpu({ providers: ['webgpu', 'cpu'], reasons: ['CUDA: its libraries are not installed'] })).toEqual({
    providers: ['cpu'],
    reasons: ['CUDA: its libraries are not installed', 'WebGPU: an earlier attempt of the job ended its process'],
  });
});

it('uses no provider that cannot be limited to the GPU that was named, and says so', async () => {
  const obstacle = 'it cannot be limited to one GPU, as PROMPTSEG_GPU asks';
  expect(await providerStates('webgpu', 1)).toEqual([{ provider: 'webgpu', obstacle }]);
  await expect(usableProviders('coreml', 0)).rejects.toMatchObject({
    code: 'execution-provider-unavailable',
    message: expect.stringContaining(`Core ML: ${obstacle}`),
  });
  expect(await providerStates('cpu', 1)).toEqual([{ provider: 'cpu' }]);
});

it('changes nothing where the CPU was used before', () => {
  const usable = { providers: ['cpu'], reasons: ['WebGPU: there is no adapter'] } as const;
  expect(withoutGpu(usable)).toBe(usable);
});
