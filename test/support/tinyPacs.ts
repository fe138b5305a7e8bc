import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setUpTinyPacs, startTinyPacs } from '../../scripts/setup/tinyPacs.mjs';

export interface TestTinyPacs {
  readonly dicomWebUrl: string;
  /** Its DICOMweb with its token, for `createDicomWebArchive`. */
  readonly dicomWeb: { readonly baseUrl: string; readonly authorization?: string };
  /** Token and abilities, as the environment of a Promptseg server. */
  readonly settings: Readonly<Record<string, string>>;
  /** Stops it and removes its files. */
  stop(): Promise<void>;
}

/** A real, empty tiny-pacs on a free port of loopback, with its files in a temporary folder. */
export async function startTestTinyPacs(): Promise<TestTinyPacs> {
  const python = await setUpTinyPacs();
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-tiny-pacs-'));
  const { dicomWebUrl, headers, settings, kill } = await startTinyPacs(python, { folder });
  return {
    dicomWebUrl,
    dicomWeb: { baseUrl: dicomWebUrl, ...headers },
    settings,
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
