import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { missingLibraries } from './missingLibraries.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-loader-'));
  await writeFile(path.join(folder, 'libcublas.so.13'), '');
});
afterAll(() => rm(folder, { recursive: true }));

const list = async () =>
  [
    "4 libs found in cache `/etc/ld.so.cache'",
    `\tlibcublas.so.13 (libc6,x86-64) => ${folder}/libcublas.so.13`,
    `\tlibcudnn.so.9 (libc6,x86-64, OS ABI: Linux 3.2.0) => ${folder}/removed/libcudnn.so.9`,
    `\tlibcurand.so.10 (libc6) => ${folder}/libcublas.so.13`,
    '',
  ].join('\n');

it('finds what the cache of the loader has for this processor, if it is still there', async () => {
  const names = ['libcublas.so.13', 'libcudnn.so.9', 'libcurand.so.10', 'libcublas.so.12'];
  expect(await missingLibraries(names, list)).toEqual(['libcudnn.so.9', 'libcurand.so.10', 'libcublas.so.12']);
});

it('finds what is in LD_LIBRARY_PATH', async () => {
  const before = process.env.LD_LIBRARY_PATH;
  process.env.LD_LIBRARY_PATH = `/absent::${folder}`;
  try {
    expect(await missingLibraries(['libcublas.so.13'], async () => '')).toEqual([]);
  } finally {
    if (before === undefined) delete process.env.LD_LIBRARY_PATH;
    else process.env.LD_LIBRARY_PATH = before;
  }
});

it('takes all as missing where there is no list', async () => {
  expect(await missingLibraries(['libabsent.so.1'], async () => '')).toEqual(['libabsent.so.1']);
  expect(await missingLibraries(['libabsent.so.1'])).toEqual(['libabsent.so.1']);
});
