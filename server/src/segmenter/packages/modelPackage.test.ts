import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadModelPackage, loadModelPackages } from './modelPackage.js';

const original = fileURLToPath(new URL('../../../../models/testing/text-query-package', import.meta.url));

let models: string;
let folder: string;

beforeEach(async () => {
  models = await mkdtemp(join(tmpdir(), 'promptseg-models-'));
  folder = join(models, 'a');
  await cp(original, folder, { recursive: true });
});
afterEach(() => rm(models, { recursive: true }));

type Json = Record<string, unknown>;

/** Changes a JSON file of the package and, as somebody who means it would, its checksum too. */
async function edit(file: string, change: (json: Json) => void): Promise<void> {
  const path = join(folder, file);
  const json = JSON.parse(await readFile(path, 'utf8')) as Json;
  change(json);
  await writeFile(path, JSON.stringify(json));
  await sumAgain();
}

async function sumAgain(): Promise<void> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== 'SHA256SUMS')
    .map((entry) => join(entry.parentPath, entry.name));
  const lines = files.map(async (path) => {
    const sum = createHash('sha256').update(await readFile(path));
    return `${sum.digest('hex')}  ${path.slice(folder.length + 1)}\n`;
  });
  await writeFile(join(folder, 'SHA256SUMS'), (await Promise.all(lines)).join(''));
}

const refusal = async (): Promise<string> => {
  const error = await loadModelPackage(folder).then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toMatchObject({ name: 'PromptsegError', code: 'model-package-corrupt' });
  return error.message;
};

describe('loadModelPackage', () => {
  it('gives manifest, vocabulary and the SHA-256 of SHA256SUMS', async () => {
    const loaded = await loadModelPackage(folder);
    expect(loaded.manifest).toMatchObject({ id: 'analytic-text-query', family: 'text-query' });
    expect(loaded.vocabulary.targets.map(({ id }) => id)).toEqual(['grey-region', 'bright-region', 'whole-region']);
    const sums = await readFile(join(folder, 'SHA256SUMS'));
    expect(loaded.sha256).toBe(createHash('sha256').update(sums).digest('hex'));
  });

  it.each(['graphs/image.onnx', 'embeddings.f32', 'golden/voxels.i16', 'CARD.md'])(
    'refuses a changed %s',
    async (file) => {
      const bytes = await readFile(join(folder, file));
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(join(folder, file), bytes);
      expect(await refusal()).toContain(`${file} was changed`);
    },
  );

  it.each(['graphs/image.onnx', 'model.json', 'vocabulary.json', 'SHA256SUMS', 'LICENSE'])(
    'refuses a package without %s',
    async (file) => {
      await rm(join(folder, file));
      expect(await refusal()).toContain(`${file} is missing`);
    },
  );

  it('refuses a package without a licence, even if SHA256SUMS does not name one', async () => {
    await rm(join(folder, 'LICENSE'));
    await sumAgain();
    expect(await refusal()).toContain('LICENSE is missing');
  });

  it('refuses a file that SHA256SUMS does not list', async () => {
    await writeFile(join(folder, 'graphs/extra.bin'), 'extra');
    expect(await refusal()).toBe('graphs/extra.bin is not listed in SHA256SUMS.');
  });

  it('refuses a link, even to a file with the right content', async () => {
    await rm(join(folder, 'graphs/mask.onnx'));
    await symlink(join(original, 'graphs/mask.onnx'), join(folder, 'graphs/mask.onnx'));
    expect(await refusal()).toContain('graphs/mask.onnx is not a plain file');
  });

  it.each(['../outside', '/etc/hostname', 'graphs/../../outside', 'graphs//image.onnx'])(
    'refuses the path %s in SHA256SUMS',
    async (path) => {
      await writeFile(join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  ${path}\n`);
      expect(await refusal()).toContain('names a path outside the package');
    },
  );

  it('refuses a SHA256SUMS that is something else', async () => {
    await writeFile(join(folder, 'SHA256SUMS'), '<html>not found</html>');
    expect(await refusal()).toContain('SHA256SUMS has a line that is not a checksum');
  });

  it('refuses a model.json that is not JSON', async () => {
    await writeFile(join(folder, 'model.json'), '{"schema": ');
    await sumAgain();
    expect(await refusal()).toBe('model.json is not JSON.');
  });

  it.each<[string, string, (json: Json) => void]>([
    ['an unknown field', 'Unrecognized key', (json) => Object.assign(json, { overlap: 0.5 })],
    ['another family', 'family', (json) => Object.assign(json, { family: 'magic' })],
    ['a graph outside', 'image.file', (json) => Object.assign(json.image as Json, { file: '../../etc/passwd' })],
    [
      'a window step that leaves gaps',
      'windows.step[0]',
      (json) => Object.assign(json.windows as Json, { step: [11, 6, 4] }),
    ],
    [
      'argmax without softmax',
      'decision',
      (json) => Object.assign(json, { activation: { kind: 'sigmoid' }, targets: {} }),
    ],
    [
      'steps for a modality that it does not serve',
      'input.intensity',
      (json) => Object.assign(json.input as Json, { intensity: { MR: [], CT: [] } }),
    ],
    [
      'no steps for a modality that it serves',
      'input.intensity',
      (json) => Object.assign(json.input as Json, { intensity: {} }),
    ],
    [
      'a window without width',
      'input.intensity',
      (json) => Object.assign(json.input as Json, { intensity: [{ step: 'scale', low: 5, high: 5 }] }),
    ],
    [
      'a row that does not exist',
      'targets',
      (json) => Object.assign(json.targets as Json, { 'grey-region': ['gray'] }),
    ],
  ])('refuses a manifest with %s', async (_what, where, change) => {
    await edit('model.json', change);
    const message = await refusal();
    expect(message).toContain('model.json does not follow its schema');
    expect(message).toContain(where);
  });

  it.each<[string, string, string, (json: Json) => void]>([
    [
      'a graph that is not there',
      'graphs/other.onnx is named',
      'model.json',
      (json) => Object.assign(json.image as Json, { file: 'graphs/other.onnx' }),
    ],
    [
      'a target without rows',
      'has no rows for the target "grey-region"',
      'model.json',
      (json) => delete (json.targets as Json)['grey-region'],
    ],
    [
      'an embedding bank of another size',
      'embeddings.f32 must have 3 rows',
      'model.json',
      (json) => (json.rows as string[]).push('third'),
    ],
    [
      'a target twice',
      'two targets with the id "grey-region"',
      'vocabulary.json',
      (json) => (json.targets as Json[]).push((json.targets as Json[])[0]!),
    ],
    [
      'a group with an unknown member',
      'the member "nobody"',
      'vocabulary.json',
      (json) => Object.assign((json.groups as Json[])[0]!, { members: ['grey-region', 'nobody'] }),
    ],
    [
      'a modality that the manifest lacks',
      'the modality CT',
      'vocabulary.json',
      (json) => Object.assign((json.targets as Json[])[0]!, { modalities: ['CT'] }),
    ],
  ])('refuses %s', async (_what, message, file, change) => {
    await edit(file, change);
    expect(await refusal()).toContain(message);
  });
});

describe('loadModelPackages', () => {
  it('says that there is no such folder', async () => {
    await expect(loadModelPackages(join(models, 'nowhere'))).rejects.toMatchObject({ code: 'model-not-found' });
  });

  it('loads the good ones and names the refused ones', async () => {
    await cp(original, join(models, 'b'), { recursive: true });
    await cp(original, join(models, 'c'), { recursive: true });
    await writeFile(join(models, 'b', 'CARD.md'), 'changed');
    await mkdir(join(models, 'no-model'));
    await writeFile(join(models, 'readme.txt'), 'no folder');
    const { packages, refused } = await loadModelPackages(models);
    expect(packages.map((loaded) => loaded.folder)).toEqual([join(models, 'a')]);
    expect(refused.map(({ folder, error }) => [folder, error.code])).toEqual([
      [join(models, 'b'), 'model-package-corrupt'],
      [join(models, 'c'), 'model-package-corrupt'],
    ]);
    expect(refused[0]!.error.message).toContain('CARD.md was changed');
    expect(refused[1]!.error.message).toContain('id "analytic-text-query"');
  });
});
