import { describe, expect, it } from '@jest/globals';
import { checkCard, checkNumber, checkOnnxRuntime, isOlder } from './checkGpu.js';
import { cudaWheels } from './gpu/cudaWheels.js';

const h200 = { vendor: 'NVIDIA', name: 'NVIDIA H200', driver: '999.1', totalBytes: 150e9, freeBytes: 149.5e9 } as const;
const amd = { vendor: 'AMD', driver: 'amdgpu', totalBytes: 16e9 } as const;
const none = { provider: 'cuda', obstacle: 'its libraries are not installed' } as const;
const noVulkan = { provider: 'webgpu', obstacle: 'no Vulkan driver of a GPU is installed' } as const;

describe('doctor, of a GPU', () => {
  it.each([
    ['says driver and memory', h200, 'ok', 'NVIDIA H200, driver 999.1, 150.0 GB, 149.5 GB of it free'],
    ['says what the kernel knows', amd, 'ok', 'AMD, module amdgpu, 16.0 GB'],
    ['does not guess memory', { vendor: 'Intel', driver: 'xe' }, 'ok', 'Intel, module xe, memory unknown'],
    [
      "misses NVIDIA's driver",
      { vendor: 'NVIDIA', driver: 'nouveau' },
      'warning',
      'NVIDIA, whose driver does not respond (module nouveau)',
    ],
    ['misses a module', { vendor: 'AMD' }, 'warning', 'AMD, without a driver'],
  ] as const)('%s', (_what, card, state, found) => {
    const check = checkCard(card);
    expect(check).toMatchObject({ state, found });
    expect(check.fix === undefined).toBe(state === 'ok');
  });
});

describe('doctor, of PROMPTSEG_GPU', () => {
  const second = { ...h200, name: 'NVIDIA L4' };
  it('names the GPU', () =>
    expect(checkNumber(1, [amd, h200, second])).toMatchObject({ state: 'ok', found: 'only GPU 1 is used, NVIDIA L4' }));

  it('lists what is there instead', () =>
    expect(checkNumber(2, [h200, second])).toMatchObject({
      state: 'failed',
      found: 'there is no GPU 2; there are 0 (NVIDIA H200), 1 (NVIDIA L4)',
    }));

  it('says where numbers are not known', () => expect(checkNumber(0, [amd])).toMatchObject({ state: 'warning' }));
});

describe('doctor, of ONNX Runtime', () => {
  it('says on which of several GPUs models run', () =>
    expect(checkOnnxRuntime([{ provider: 'cuda' }, { provider: 'cpu' }], [h200], false, 1).found).toBe(
      'models run on CUDA, GPU 1',
    ));

  it('says what runs, and how to get CUDA', () => {
    expect(checkOnnxRuntime([none, { provider: 'webgpu' }, { provider: 'cpu' }], [h200], false)).toEqual({
      name: 'ONNX Runtime',
      state: 'ok',
      found: 'models run on WebGPU; CUDA: its libraries are not installed',
      fix: 'For CUDA run `npx promptseg gpu install`.',
    });
  });

  it('warns where a GPU is not used, and says which packages are needed', () => {
    const states = [none, noVulkan, { provider: 'cpu' }] as const;
    expect(checkOnnxRuntime(states, [h200, amd], false)).toMatchObject({
      state: 'warning',
      fix:
        'For CUDA run `npx promptseg gpu install`. For WebGPU install libnvidia-gl of the version of the driver, ' +
        'mesa-vulkan-drivers, libvulkan1. For a GPU see docs/administer/gpu.md.',
    });
  });

  it('asks for a newer driver where CUDA needs one', () => {
    const { fix } = checkOnnxRuntime([none, { provider: 'cpu' }], [{ ...h200, driver: '390.1' }], false);
    expect(fix).toContain(`driver ${cudaWheels.oldestDriver} or newer`);
    expect(fix).not.toContain('gpu install');
  });

  it('recommends nothing for a GPU that is not there', () => {
    expect(checkOnnxRuntime([none, noVulkan, { provider: 'cpu' }], [], false).fix).toBe(
      'For a GPU see docs/administer/gpu.md.',
    );
  });

  it('is content with the CPU where that was asked for, and fails where nothing runs', () => {
    expect(checkOnnxRuntime([{ provider: 'cpu' }], [h200], true)).toMatchObject({ state: 'ok' });
    expect(checkOnnxRuntime([noVulkan], [], false)).toMatchObject({ state: 'failed' });
  });
});

it.each([
  ['525.60.13', '525.60.13', false],
  ['525.60', '525.60.13', true],
  ['470.256.02', '525.60.13', true],
  ['1000.1', '525.60.13', false],
  ['', '525.60.13', false],
  ['[N/A]', '525.60.13', false],
])('version %j is before %s: %s', (version, than, expected) => expect(isOlder(version, than)).toBe(expected));
