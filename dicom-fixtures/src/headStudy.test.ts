import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { voxelCount } from '../../server/src/values/grid.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { createHeadSeries, headStudyFolder, loadHeadInstances, loadHeadTruth } from './headStudy.js';

const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-head-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const instances = loadHeadInstances();
const truth = loadHeadTruth();

async function* stream(parts: readonly Uint8Array[]) {
  yield* parts;
}

describe('the shipped head study', () => {
  let volume: Volume;
  beforeAll(async () => {
    volume = await assembleVolume(stream(instances), { signal: new AbortController().signal });
  });

  it('has the oblique grid of its truth', () => {
    expect(volume.grid.size).toEqual(truth.grid.size);
    for (const [n, value] of volume.grid.voxelToLps.entries()) expect(value).toBeCloseTo(truth.grid.voxelToLps[n]!, 3);
    expect(truth.labels).toHaveLength(voxelCount(truth.grid));
    const m = truth.grid.voxelToLps;
    for (const [x, y, z] of [m.slice(0, 3), m.slice(4, 7), m.slice(8, 11)]) {
      const lengths = [x!, y!, z!].map(Math.abs).sort((a, b) => b - a);
      expect(lengths[1]).toBeGreaterThan(0.08 * lengths[0]!);
    }
  });

  it('equals what the writer makes from its own voxels, byte for byte', async () => {
    const again = await createHeadSeries(Uint16Array.from(volume.voxels), truth.grid);
    expect(again.every((part10, k) => Buffer.from(part10).equals(instances[k]!))).toBe(true);
  });

  it('has left on the left, and looks like T1: fluid darker than cortex, cortex darker than white matter', () => {
    const of = (name: string) => {
      const label = truth.names.indexOf(name);
      const m = truth.grid.voxelToLps;
      let [count, sum, x] = [0, 0, 0];
      const [columns, rows] = truth.grid.size;
      for (let n = 0; n < truth.labels.length; n++) {
        if (truth.labels[n] !== label) continue;
        const [i, line] = [n % columns, Math.floor(n / columns)];
        count++;
        sum += volume.voxels[n]!;
        x += m[0] * i + m[1] * (line % rows) + m[2] * Math.floor(line / rows) + m[3];
      }
      expect([name, count > 50]).toEqual([name, true]);
      return { mean: sum / count, x: x / count };
    };
    expect(of('left hippocampus').x).toBeGreaterThan(of('right hippocampus').x + 20);
    expect(of('left lateral ventricle').mean).toBeLessThan(0.8 * of('left cerebral cortex').mean);
    expect(of('left cerebral cortex').mean).toBeLessThan(0.9 * of('left cerebral white matter').mean);
  });

  it('has a truth for every target', () => {
    const used = new Set(truth.labels);
    for (const [target, names] of Object.entries(truth.targets))
      expect([target, names.filter((name) => used.has(truth.names.indexOf(name))).length > 0]).toEqual([target, true]);
  });

  it('stays below 8 MB, and has an obviously invented patient', () => {
    const packed = readFileSync(path.join(headStudyFolder, 'truth/labels.u8.gz')).length;
    expect(instances.reduce((sum, part10) => sum + part10.length, packed)).toBeLessThan(8e6);
    for (const part10 of instances) expect(Buffer.from(part10).toString('latin1')).toContain('Phantom^Head');
  });
});

const validator = spawnSync('dciodvfy', ['-help']).error === undefined;
if (!validator) console.warn('SKIPPED: the conformance of the head study needs dciodvfy (Debian package dicom3tools).');

(validator ? it : it.skip)('dciodvfy reports no error for the shipped head study', () => {
  for (const k of [0, 70, instances.length - 1]) {
    const file = path.join(folder, 'checked.dcm');
    writeFileSync(file, instances[k]!);
    const said = execFileSync('sh', ['-c', `dciodvfy "${file}" 2>&1 || true`], { encoding: 'utf8' });
    expect(said.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
  }
});
