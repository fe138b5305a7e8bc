import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cudaRecordName, loadCudaLibraries, whyCudaIsNotLoaded } from './cudaLibraries.js';
import { plainReason } from './plainReason.js';
import { cudaProviderLibrary } from './runtimeFolder.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'promptseg-cuda-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const record = (...names: string[]): void =>
  writeFileSync(
    path.join(folder, cudaRecordName),
    JSON.stringify({ wheels: [], libraries: names.map((name) => ({ name, bytes: 1 })) }),
  );

/** A small shared library that npm brings. */
const prebuilt = path.join(
  path.dirname(createRequire(import.meta.url).resolve('fs-native-extensions/package.json')),
  'prebuilds/linux-x64/fs-native-extensions.node',
);

(process.platform === 'linux' && existsSync(prebuilt) ? describe : describe.skip)('libraries of CUDA', () => {
  it('stay loaded, in whatever order, and others do not matter', () => {
    copyFileSync(prebuilt, path.join(folder, 'libsome.so.1'));
    writeFileSync(path.join(folder, 'libbroken.so.1'), 'no library');
    record('libabsent.so.1', 'libbroken.so.1', 'libsome.so.1');
    loadCudaLibraries(folder);
    const loaded = readFileSync('/proc/self/maps', 'utf8');
    expect(loaded).toContain(`${folder}/libsome.so.1`);
    expect(loaded).not.toContain('libbroken.so.1');
  });

  it('are none where nothing was installed, or the record is damaged', () => {
    expect(() => loadCudaLibraries(path.join(folder, 'absent'))).not.toThrow();
    writeFileSync(path.join(folder, cudaRecordName), '{"libraries": 1}');
    expect(() => loadCudaLibraries(folder)).not.toThrow();
  });

  it('are named if the provider lacks one', () => {
    expect(plainReason(whyCudaIsNotLoaded(folder) ?? '')).toBe(`${cudaProviderLibrary} is missing`);
    copyFileSync(prebuilt, path.join(folder, cudaProviderLibrary));
    expect(whyCudaIsNotLoaded(folder)).toBeUndefined();
  });
});
