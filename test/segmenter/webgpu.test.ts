import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { setUpChromium } from '../../scripts/setup/chromium.mjs';
import { describeWithConvertedModel } from '../support/convertedModel.js';
import { swiftShaderEnvironment } from '../support/swiftShader.js';
import { segmentGolden } from './goldenMasks.js';

const models = path.resolve(import.meta.dirname, '../../models');

const segment = async (...asked: Parameters<typeof segmentGolden>) => {
  const { sessionRunMs: _, stderr: __, ...segmented } = await segmentGolden(...asked);
  return segmented;
};

/** Voxels in which two masks differ. */
const difference = (one: string | null, other: string | null): number => {
  const [a, b] = [Buffer.from(one ?? '', 'base64'), Buffer.from(other ?? '', 'base64')];
  expect(a.length).toBe(b.length);
  return a.reduce((sum, byte, n) => sum + (byte ^ b[n]!).toString(2).replaceAll('0', '').length, 0);
};

// Installs the driver where it can, before it is looked for.
await setUpChromium();
const swiftShader = swiftShaderEnvironment();
if (swiftShader === undefined) console.warn('SKIPPED: WebGPU without a GPU needs the SwiftShader of a Chromium.');

(swiftShader === undefined ? describe.skip : describe)('WebGPU, on a driver that computes on the CPU', () => {
  it('gives the masks of the CPU', async () => {
    const folder = path.join(models, 'testing/text-query-package');
    const [onCpu, onGpu] = [await segment(folder, 'cpu'), await segment(folder, 'webgpu', swiftShader)];
    expect(onGpu).toEqual({ ...onCpu, ran: 'webgpu' });
    expect(Object.keys(onGpu.masks!).length).toBeGreaterThan(2);
  });

  it('is never chosen by auto, which says why', async () => {
    const { ran, notes } = await segment(path.join(models, 'testing/text-query-package'), 'auto', swiftShader);
    // Where the machine has a GPU, the drivers that the environment names are taken.
    if (ran === 'cpu') expect(notes).toEqual([expect.stringContaining('WebGPU: ')]);
    else expect(ran).toBe('webgpu');
  });

  it('says what it lacks where the driver does not start', async () => {
    const absent = path.join(import.meta.dirname, 'no-such-driver.json');
    const broken = { VK_DRIVER_FILES: absent, VK_ICD_FILENAMES: absent };
    expect(await segment(path.join(models, 'testing/text-query-package'), 'webgpu', broken)).toMatchObject({
      code: 'execution-provider-unavailable',
      message: expect.stringMatching(/ WebGPU: .*adapter/),
    });
  });

  // VoxTell and BiomedParse were run by hand: on SwiftShader they take minutes (docs/administer/gpu.md).
  describeWithConvertedModel('a converted model', 'tiny_sat.py', (make) => {
    let folder: string;
    beforeAll(async () => {
      folder = path.join(await make(), 'tiny_sat.py');
    });

    it('gives the masks of the CPU, with 3-D transposed convolutions in a portable form', async () => {
      const [onCpu, onGpu] = [await segment(folder, 'cpu'), await segment(folder, 'webgpu', swiftShader)];
      expect([onCpu.ran, onGpu.ran]).toEqual(['cpu', 'webgpu']);
      for (const [id, mask] of Object.entries(onCpu.masks!)) {
        // Random weights leave many voxels close to the decision.
        const voxels = Buffer.from(mask ?? '', 'base64').length * 8;
        expect([id, difference(mask, onGpu.masks![id]!) / Math.max(voxels, 1) < 1e-3]).toEqual([id, true]);
      }
    });
  });
});
