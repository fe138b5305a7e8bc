import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { voxelCount } from '../../server/src/values/grid.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { createTrunkSeries, loadTrunkInstances, loadTrunkTruth, trunkStudyFolder } from './trunkStudy.js';

const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-trunk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const instances = loadTrunkInstances();
const truth = loadTrunkTruth();

async function* stream(parts: readonly Uint8Array[]) {
  yield* parts;
}

describe('the shipped study of the trunk', () => {
  let volume: Volume;
  beforeAll(async () => {
    volume = await assembleVolume(stream(instances), { signal: new AbortController().signal });
  });

  /** Mean HU and position in LPS mm. */
  const of = (name: string) => {
    const label = truth.names.indexOf(name);
    const m = truth.grid.voxelToLps;
    const [columns, rows] = truth.grid.size;
    let [count, sum, x, y, z] = [0, 0, 0, 0, 0];
    truth.labels.forEach((each, n) => {
      if (each !== label) return;
      const line = Math.floor(n / columns);
      count++;
      sum += volume.voxels[n]!;
      x += m[0] * (n % columns) + m[3];
      y += m[5] * (line % rows) + m[7];
      z += m[10] * Math.floor(line / rows) + m[11];
    });
    expect([name, count > 50]).toEqual([name, true]);
    return { hu: sum / count, x: x / count, y: y / count, z: z / count };
  };

  it('has the grid of its truth', () => {
    expect(volume.grid).toMatchObject(truth.grid);
    expect(truth.labels).toHaveLength(voxelCount(truth.grid));
  });

  it('equals what the writer makes from its own voxels, byte for byte', async () => {
    const again = await createTrunkSeries(Int16Array.from(volume.voxels), truth.grid);
    expect(again.every((part10, k) => Buffer.from(part10).equals(instances[k]!))).toBe(true);
  });

  it('is supine: liver on the right, spine behind the aorta, hips below', () => {
    expect(of('left kidney').x).toBeGreaterThan(of('right kidney').x + 60);
    expect(of('spleen').x).toBeGreaterThan(of('liver').x + 60);
    expect(of('vertebrae').y).toBeGreaterThan(of('aorta').y + 10);
    expect(of('liver').z).toBeGreaterThan(of('left hip bone').z + 100);
  });

  it('is of the portal phase: organs and veins are brighter than without contrast medium', () => {
    expect(of('liver').hu).toBeGreaterThan(70);
    expect(of('spleen').hu).toBeGreaterThan(80);
    expect(of('left kidney').hu).toBeGreaterThan(of('liver').hu + 20);
    expect(of('aorta').hu).toBeGreaterThan(90);
    expect(of('aorta').hu).toBeLessThan(210);
  });

  it('has a truth for every target', () => {
    const used = new Set(truth.labels);
    for (const [target, names] of Object.entries(truth.targets))
      expect([target, names.filter((name) => used.has(truth.names.indexOf(name))).length > 0]).toEqual([target, true]);
  });

  it('has an obviously invented patient', () => {
    for (const part10 of instances) expect(Buffer.from(part10).toString('latin1')).toContain('Phantom^Trunk');
  });
});

it('all shipped studies together stay below 10 MB', () => {
  const generated = path.dirname(trunkStudyFolder);
  const files = readdirSync(generated, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.map(({ parentPath, name }) => statSync(path.join(parentPath, name)).size);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(10_000_000);
});

const validator = spawnSync('dciodvfy', ['-help']).error === undefined;
if (!validator) console.warn('SKIPPED: the conformance of the CT needs dciodvfy (Debian package dicom3tools).');

(validator ? it : it.skip)('dciodvfy reports no error for the shipped study of the trunk', () => {
  for (const k of [0, 45, instances.length - 1]) {
    const file = path.join(folder, 'checked.dcm');
    writeFileSync(file, instances[k]!);
    const said = execFileSync('sh', ['-c', `dciodvfy "${file}" 2>&1 || true`], { encoding: 'utf8' });
    expect(said.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
  }
});
