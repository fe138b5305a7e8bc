import { generateKeyPairSync } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadModelPackages } from './modelPackage.js';
import { loadNormsPackage, type NormsRow } from './normsPackage.js';
import { inventedManifest, writeNorms } from './normsPackage.testSupport.js';
import { readModelKeys, signPackage } from './packageSignature.js';
import { normsReader } from './readNorms.js';

const hippocampus: NormsRow = {
  code: { scheme: 'SCT', value: '5366008' },
  laterality: 'left',
  of: 'volume',
  sex: 'female',
  distribution: 'normal',
  ages: [
    { age: 20, mean: 4, sd: 0.5 },
    { age: 80, mean: 3, sd: 0.5 },
  ],
};
const quantiles: NormsRow = {
  ...hippocampus,
  sex: 'male',
  distribution: 'quantiles',
  percentiles: [5, 95],
  ages: [
    { age: 20, values: [3, 5] },
    { age: 80, values: [2, 4] },
  ],
};
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptseg-norms-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const refusal = (what: string) =>
  expect.objectContaining({ code: 'model-package-corrupt', message: expect.stringContaining(what) });

describe('a package of norms', () => {
  it('gives manifest and table, and identifies its content', async () => {
    const loaded = await loadNormsPackage(await writeNorms(folder, [hippocampus, quantiles]));
    expect(loaded).toMatchObject({ manifest: inventedManifest, rows: [hippocampus, quantiles] });
    expect(loaded.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is refused if a file was changed, added or is missing', async () => {
    const norms = await writeNorms(folder, [hippocampus]);
    await appendFile(join(norms, 'table.json'), ' ');
    await expect(loadNormsPackage(norms)).rejects.toEqual(refusal('table.json was changed'));
    await writeNorms(folder, [hippocampus]);
    await writeFile(join(norms, 'other.json'), '{}');
    await expect(loadNormsPackage(norms)).rejects.toEqual(refusal('other.json is not listed'));
    await rm(join(norms, 'other.json'));
    await rm(join(norms, 'LICENSE'));
    await expect(loadNormsPackage(norms)).rejects.toEqual(refusal('LICENSE is missing'));
  });

  const [young, old] = hippocampus.ages as [object, object];
  it.each<readonly [string, object, string]>([
    ['with ages that descend', { ages: [old, young] }, 'ages: are not ascending'],
    ['with one age', { ages: [young] }, 'rows[0].ages'],
    ['with a deviation of 0', { ages: [{ ...young, sd: 0 }, old] }, 'rows[0].ages[0].sd'],
    ['with an unknown distribution', { distribution: 'guess' }, 'rows[0].distribution'],
    ['with an unknown field', { median: 3 }, 'median'],
  ])('is refused with a row %s', async (_, change, where) => {
    const norms = await writeNorms(folder, [{ ...hippocampus, ...change } as NormsRow]);
    await expect(loadNormsPackage(norms)).rejects.toEqual(refusal(where));
  });

  it('is refused with two rows about the same people', async () => {
    for (const sex of ['female', 'any'] as const)
      await expect(
        writeNorms(folder, [hippocampus, { ...hippocampus, sex }]).then((norms) => loadNormsPackage(norms)),
      ).rejects.toEqual(refusal('has a row twice'));
  });

  it('is refused with quantiles that do not fit their percentiles', async () => {
    const short = { ...quantiles, ages: [quantiles.ages[0], { age: 80, values: [2] }] } as NormsRow;
    const norms = await writeNorms(folder, [short]);
    await expect(loadNormsPackage(norms)).rejects.toEqual(refusal('an age without a value'));
  });

  it('is refused without its source or licence', async () => {
    for (const field of ['source', 'licence', 'population', 'method'] as const) {
      const norms = await writeNorms(folder, [hippocampus], { [field]: undefined });
      await expect(loadNormsPackage(norms)).rejects.toEqual(refusal(field));
    }
  });
});

describe('a folder of packages', () => {
  it('has norms beside models; one that is refused keeps no other out', async () => {
    await writeNorms(folder, [hippocampus]);
    const bad = await writeNorms(folder, [hippocampus], { id: 'second' });
    await appendFile(join(bad, 'table.json'), ' ');
    const library = await loadModelPackages(folder);
    expect(library.norms?.map(({ manifest }) => manifest.id)).toEqual(['invented']);
    expect(library.refused.map((each) => each.folder)).toEqual([bad]);
  });

  it('needs signed norms where it needs signed models', async () => {
    const norms = await writeNorms(folder, [hippocampus]);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const [own, open] = [join(folder, 'key.pem'), join(folder, 'keys.pem')];
    await writeFile(own, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(open, publicKey.export({ type: 'spki', format: 'pem' }));
    const keys = await readModelKeys(open);
    await expect(loadNormsPackage(norms, keys)).rejects.toMatchObject({ code: 'model-package-unsigned' });
    await signPackage(norms, own);
    expect((await loadNormsPackage(norms, keys)).manifest.id).toBe('invented');
  });
});

describe('norms that changed since the server started', () => {
  it('are left out, and a sentence says so', async () => {
    const [first, second] = [await writeNorms(folder, [hippocampus]), await writeNorms(folder, [], { id: 'second' })];
    const { packages, notes } = await normsReader([first, second], [])();
    expect(packages.map((each) => each.folder)).toEqual([first]);
    expect(notes).toEqual([expect.stringMatching(/^The norms second cannot be used: table\.json /)]);
  });
});
