import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { setUpOrthanc } from '../../scripts/setup/orthanc.mjs';
import { type StartedArchive, startOrthanc } from '../../scripts/setup/startOrthanc.mjs';

/** A real Orthanc with settings of its own, which can go away and come back with what it has stored. */
export interface OrthancNode {
  readonly url: string;
  readonly dicomWebUrl: string;
  /** What it wants of each request: the credentials. */
  readonly headers: { readonly authorization?: string };
  /** The credentials as environment of a Promptseg server. */
  readonly settings: Readonly<Record<string, string>>;
  upload(instances: readonly Uint8Array[]): Promise<void>;
  /** SOP Instance UIDs of all that it holds, sorted. */
  sopInstanceUIDs(): Promise<string[]>;
  /** Ends it at once; its files stay. */
  kill(): Promise<void>;
  /** Starts it again, on the same port. */
  restart(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

export async function startOrthancNode(
  settings: Readonly<Record<string, unknown>>,
  password: string = randomUUID(),
): Promise<OrthancNode> {
  const source = await setUpOrthanc({ onlyInstalled: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-node-'));
  const port = await freePort();
  const start = (): Promise<StartedArchive> => startOrthanc(source, { folder, port, settings, password });
  let orthanc = await start();
  const { headers } = orthanc;
  return {
    url: orthanc.url,
    dicomWebUrl: orthanc.dicomWebUrl,
    headers,
    settings: orthanc.settings,
    async upload(instances) {
      for (const part10 of instances) {
        const body = new Uint8Array(part10);
        const response = await fetch(`${orthanc.url}/instances`, { method: 'POST', headers, body });
        if (!response.ok) throw new Error(`Orthanc refused an instance: ${response.status}`);
      }
    },
    async sopInstanceUIDs() {
      const response = await fetch(`${orthanc.url}/instances?expand`, { headers });
      const instances = (await response.json()) as { MainDicomTags: { SOPInstanceUID: string } }[];
      return instances.map(({ MainDicomTags }) => MainDicomTags.SOPInstanceUID).sort();
    },
    kill: () => orthanc.kill(),
    async restart() {
      orthanc = await start();
    },
    async stop() {
      await orthanc.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
