import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shippedPresets } from './presets.js';
import { readPresets } from './presetsFile.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-presets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileWith(text: string): Promise<string> {
  const file = path.join(folder, 'presets.yaml');
  await writeFile(file, text);
  return file;
}

describe('the presets of a site', () => {
  it('are those that ship where no file is named', async () =>
    expect(await readPresets(undefined)).toBe(shippedPresets));

  it('come before those that ship, replace one of the same id, and can hide others', async () => {
    const file = await fileWith(`
version: 1
presets:
  memory-clinic:
    name: { en: Memory clinic, de: Gedächtnissprechstunde }
    prompts: [left and right hippocampus, ventricles]
  ventricles:
    name: Ventricles of our study
    prompts: [third ventricle]
hide: [body-composition]
`);
    const presets = await readPresets(file);
    expect(presets.slice(0, 2)).toEqual([
      {
        id: 'memory-clinic',
        names: { en: 'Memory clinic', de: 'Gedächtnissprechstunde' },
        prompts: ['left and right hippocampus', 'ventricles'],
      },
      { id: 'ventricles', names: { en: 'Ventricles of our study' }, prompts: ['third ventricle'] },
    ]);
    const others = presets.slice(2).map(({ id }) => id);
    expect(others).toEqual(
      shippedPresets.map(({ id }) => id).filter((id) => !['ventricles', 'body-composition'].includes(id)),
    );
  });

  it.each([
    ['an id', 'version: 1\npresets:\n  Memory Clinic:\n    name: A\n    prompts: [liver]\n', /line 3.*is not an id/],
    ['a preset without a prompt', 'version: 1\npresets:\n  a:\n    name: A\n    prompts: []\n', /line 5.*at least one/],
    ['an empty prompt', 'version: 1\npresets:\n  a:\n    name: A\n    prompts: [liver, ""]\n', /line 5.*is empty/],
    ['a preset without a name', 'version: 1\npresets:\n  a:\n    prompts: [liver]\n', /line 4.*neither a name/],
    ['an unknown word', 'version: 1\npresets:\n  a:\n    name: A\n    prompt: [liver]\n', /line \d.*prompt/],
    [
      'two presets of one id',
      'version: 1\npresets:\n  a: {name: A, prompts: [b]}\n  a: {name: B, prompts: [c]}\n',
      /line 4.*unique/,
    ],
    [
      'a hidden preset that does not ship',
      'version: 1\npresets: {}\nhide: [liver]\n',
      /line 3.*"liver" is not a shipped preset/,
    ],
    ['text that is no YAML', 'version: 1\npresets: [', /line \d/],
  ])('are refused with the line: %s', async (_what, text, message) => {
    await expect(readPresets(await fileWith(text))).rejects.toMatchObject({
      code: 'settings-file-invalid',
      message: expect.stringMatching(message),
    });
  });

  it('are refused where the file is missing', async () => {
    await expect(readPresets(path.join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'settings-file-invalid' });
  });
});
