import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setUpOrthanc } from '../../scripts/setup/orthanc.mjs';
import { startOrthanc } from '../../scripts/setup/startOrthanc.mjs';

/** A real, empty Orthanc on a free port of loopback, with its files in a temporary folder. */
export interface TestOrthanc {
  /** Its own REST API, without a trailing slash. */
  readonly url: string;
  readonly dicomWebUrl: string;
  /** Its DICOMweb with credentials, for `createDicomWebArchive`. */
  readonly dicomWeb: { readonly baseUrl: string; readonly authorization?: string };
  /** Headers for each request: the credentials. */
  readonly headers: { readonly authorization?: string };
  /** The credentials as the environment of a Promptseg server. */
  readonly settings: Readonly<Record<string, string>>;
  /** A request to its own REST API, with credentials. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /**
   * Stores the given DICOM Part 10 files, or every file in a folder and its sub-folders. Throws at the first one that
   * Orthanc refuses.
   */
  upload(part10s: readonly Uint8Array[] | string): Promise<void>;
  /** Stops it and removes its files. */
  stop(): Promise<void>;
}

/** @param configuration overrides that of all tests */
export async function startTestOrthanc(configuration: Readonly<Record<string, unknown>> = {}): Promise<TestOrthanc> {
  const source = await setUpOrthanc({ onlyInstalled: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-orthanc-'));
  const orthanc = await startOrthanc(source, { folder, settings: configuration });
  const { url, dicomWebUrl, headers, settings } = orthanc;
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, { ...init, headers: { ...headers, ...init.headers } });
  const store = async (part10: Uint8Array): Promise<void> => {
    const response = await ask('/instances', { method: 'POST', body: new Uint8Array(part10) });
    const text = await response.text();
    if (!response.ok) throw new Error(`Orthanc refused an instance: status ${response.status}\n${text}`);
  };
  return {
    url,
    dicomWebUrl,
    dicomWeb: { baseUrl: dicomWebUrl, ...headers },
    headers,
    settings,
    ask,
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
