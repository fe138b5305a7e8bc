import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createSeries } from './createSeries.js';
import {
  createShippedPhantom,
  loadInstances,
  loadTruth,
  shippedPhantomFolder,
  writePhantom,
} from './shippedPhantom.js';

const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-phantom-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the shipped phantom', () => {
  it('equals the output of the generator, byte for byte', async () => {
    const phantom = await createShippedPhantom();
    const shipped = loadInstances();
    expect(shipped).toHaveLength(100);
    expect(shipped.every((part10, k) => Buffer.from(part10).equals(phantom.instances[k]!))).toBe(true);
    writePhantom(phantom, folder);
    const grid = path.join('truth', 'grid.json');
    expect(readFileSync(path.join(folder, grid), 'utf8')).toBe(
      readFileSync(path.join(shippedPhantomFolder, grid), 'utf8'),
    );
    // Labels are compared unpacked, because another zlib may compress them differently.
    expect(Buffer.from(loadTruth().labels).equals(loadTruth(folder).labels)).toBe(true);
    expect(Buffer.from(loadTruth().labels).equals(phantom.labels)).toBe(true);
  });

  it('stays below 4 MB', () => {
    const instances = loadInstances().reduce((sum, part10) => sum + part10.length, 0);
    expect(instances + readFileSync(path.join(shippedPhantomFolder, 'truth/labels.u8.gz')).length).toBeLessThan(4e6);
  });

  it('has an obviously invented patient', () => {
    for (const part10 of loadInstances()) {
      const text = Buffer.from(part10).toString('latin1');
      expect(text).toContain('Phantom^CT Body');
      expect(text).toContain('PHANTOM-CT-1');
    }
  });
});

const validator = spawnSync('dciodvfy', ['-help']).error === undefined;
if (!validator)
  console.warn('SKIPPED: the conformance of generated series needs dciodvfy (Debian package dicom3tools).');

(validator ? describe : describe.skip)('dciodvfy', () => {
  const errorsOf = (part10: Uint8Array): string[] => {
    const file = path.join(folder, 'checked.dcm');
    writeFileSync(file, part10);
    const said = execFileSync('sh', ['-c', `dciodvfy "${file}" 2>&1 || true`], { encoding: 'utf8' });
    return said.split('\n').filter((line) => line.startsWith('Error'));
  };

  it('finds no error in the shipped phantom', () => {
    const shipped = loadInstances();
    expect([0, 50, 99].flatMap((k) => errorsOf(shipped[k]!))).toEqual([]);
  });

  it.each(['CT', 'MR', 'PT'] as const)('finds no error in a generated %s series', async (modality) => {
    const [instance] = await createSeries({
      name: 'checked',
      modality,
      grid: { size: [4, 4, 1], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] },
      valueAt: (i) => i,
      slope: () => 1,
    });
    expect(errorsOf(instance!)).toEqual([]);
  });
});
