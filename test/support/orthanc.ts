import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setUpOrthanc } from '../../scripts/setup/orthanc.mjs';
import { startOrthanc } from '../../scripts/setup/startOrthanc.mjs';

/** A real, empty Orthanc on a free port of loopback, with its files in a temporary folder. */
export interface TestOrthanc {
  /** Its own REST API, without a slash at the end. */
  readonly url: string;
  readonly dicomWebUrl: string;
  /** Stores DICOM Part 10 files: those given, or every file in a folder and below. Throws at the first one that Orthanc refuses. */
  upload(part10s: readonly Uint8Array[] | string): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

export async function startTestOrthanc(): Promise<TestOrthanc> {
  const source = await setUpOrthanc({ onlyInstalled: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-orthanc-'));
  const orthanc = await startOrthanc(source, { folder });
  const store = async (part10: Uint8Array): Promise<void> => {
    const response = await fetch(`${orthanc.url}/instances`, { method: 'POST', body: new Uint8Array(part10) });
    const answer = await response.text();
    if (!response.ok) throw new Error(`Orthanc refused an instance: status ${response.status}\n${answer}`);
  };
  return {
    url: orthanc.url,
    dicomWebUrl: orthanc.dicomWebUrl,
    async upload(part10s) {
      if (typeof part10s === 'string') for (const file of await filesIn(part10s)) await store(await readFile(file));
      else for (const part10 of part10s) await store(part10);
    },
    async stop() {
      await orthanc.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}
