import { readFile } from 'node:fs/promises';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { type Server, startServer } from '../../scripts/setup/server.mjs';
import { setUpViewer, type ViewerVersion } from '../../scripts/setup/viewer.mjs';
import { startTestOrthanc, type TestOrthanc } from './orthanc.js';
import { newServerData } from './sharedPostgres.js';

/**
 * The whole product as users get it: the built server in a separate process, with a real Orthanc, on free ports of
 * loopback.
 */
export interface Product {
  /** Viewer and REST API, without a trailing slash. */
  readonly url: string;
  readonly archive: TestOrthanc;
  /** Process id of the server. */
  readonly pid: number;
  /** The server's log since its last start. */
  log(): Promise<string>;
  /** Kills the server (SIGKILL), as a crash would; the archive and the data stay. */
  kill(): Promise<void>;
  /** Starts the server again, on the same port and data, after `kill`. */
  restart(): Promise<void>;
  /** Stops everything and removes all files. */
  stop(): Promise<void>;
}

export interface ProductOptions {
  /** Folders with DICOM files to store in the archive first. */
  readonly dicomFolders?: readonly string[];
  /** DICOM Part 10 files to store in the archive first. */
  readonly instances?: readonly Uint8Array[];
  /** The archive; default: a new one. It is stopped with the product. */
  readonly archive?: TestOrthanc;
  /** Folder with the model packages; default: the shipped ones. */
  readonly models?: string;
  /** The OHIF to serve; default: the shipped one. */
  readonly viewerVersion?: ViewerVersion;
  /** Whether the database is the embedded one; default: where there is no PostgreSQL. */
  readonly embeddedDatabase?: boolean;
  /** Further environment variables of the server. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Needs `npm run build`, which `npm test` runs. Throws with the end of the server's log if the server does not start.
 */
export async function startProduct({
  dicomFolders = [],
  instances = [],
  models,
  archive: given,
  viewerVersion,
  embeddedDatabase,
  settings = {},
}: ProductOptions = {}): Promise<Product> {
  const viewer = await setUpViewer(viewerVersion);
  const archive = given ?? (await startTestOrthanc());
  const data = await newServerData('promptseg-data-', { embedded: embeddedDatabase });
  const port = await freePort();
  const start = (): Promise<Server> =>
    startServer({
      archive: archive.dicomWebUrl,
      viewer,
      data: data.folder,
      port,
      ...(models !== undefined && { flags: ['--models', models] }),
      settings: { ...archive.settings, ...data.settings, ...settings },
    });
  const end = async (): Promise<void> => {
    await archive.stop();
    await data.remove();
  };
  let server: Server;
  try {
    for (const folder of dicomFolders) await archive.upload(folder);
    await archive.upload(instances);
    server = await start();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    url: server.url,
    archive,
    get pid() {
      return server.pid;
    },
    log: () => readFile(server.logFile, 'utf8'),
    kill: () => server.kill(),
    async restart() {
      server = await start();
    },
    async stop() {
      await server.stop();
      await end();
    },
  };
}
