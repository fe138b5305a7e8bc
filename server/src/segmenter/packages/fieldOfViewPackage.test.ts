import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadFieldOfViewPackage } from './fieldOfViewPackage.js';
import { loadModelPackages } from './modelPackage.js';

const original = fileURLToPath(new URL('../../../../models/testing/field-of-view-package', import.meta.url));
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptseg-field-of-view-'));
  await cp(original, join(folder, 'field-of-view'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes a changed manifest, with the right checksums. */
async function change(changes: Readonly<Record<string, unknown>>): Promise<string> {
  const own = join(folder, 'field-of-view');
  const manifest = JSON.parse(await readFile(join(own, 'field-of-view.json'), 'utf8'));
  await writeFile(join(own, 'field-of-view.json'), JSON.stringify({ ...manifest, ...changes }));
  const names = (await readdir(own)).filter((name) => name !== 'SHA256SUMS');
  const sums = await Promise.all(
    names.map(async (name) => {
      const sum = createHash('sha256').update(await readFile(join(own, name)));
      return `${sum.digest('hex')}  ${name}\n`;
    }),
  );
  await writeFile(join(own, 'SHA256SUMS'), sums.join(''));
  return own;
}

describe('a package that says what images show', () => {
  it('is found beside the models', async () => {
    const { fieldOfView, packages, refused } = await loadModelPackages(folder);
    expect({ packages, refused }).toEqual({ packages: [], refused: [] });
    expect(fieldOfView?.manifest.regions.map(({ name }) => name)).toContain('abdomen');
  });

  it.each([
    ['an unknown field', { more: 1 }],
    ['a region that is upside down', { regions: [{ name: 'a', code: { value: '1', meaning: 'A' }, low: 9, high: 8 }] }],
    ['a kind twice', { kinds: ['ct', 'ct'] }],
    ['a kind that nobody knows', { kinds: ['ct', 'us'] }],
    ['a graph that is missing', { graph: 'other.onnx' }],
    ['a graph outside the package', { graph: '../model.onnx' }],
    ['a threshold above 1', { thresholds: { upright: 2, body: 0.5, kind: 0.5, noBody: 0.5 } }],
  ])('is refused with %s', async (_, changes) => {
    await expect(loadFieldOfViewPackage(await change(changes))).rejects.toMatchObject({
      code: 'model-package-corrupt',
    });
    expect((await loadModelPackages(folder)).refused).toHaveLength(1);
  });

  it('is refused if a file was changed', async () => {
    await writeFile(join(folder, 'field-of-view', 'CARD.md'), 'Changed.');
    await expect(loadFieldOfViewPackage(join(folder, 'field-of-view'))).rejects.toMatchObject({
      code: 'model-package-corrupt',
    });
  });
});
