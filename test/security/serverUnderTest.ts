import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { startServer } from '../../scripts/setup/server.mjs';
import { newServerData } from '../support/sharedPostgres.js';

/** The series that the archive of {@link startServerUnderTest} lists in every study; it has no images to give. */
export const listedSeries = { studyInstanceUID: '1.2.3', seriesInstanceUID: '1.2.3.4' } as const;

/** The built server in a process of its own, beside an archive that lists one series and refuses to give its images. */
export interface ServerUnderTest {
  readonly url: string;
  /** Its data folder. */
  readonly data: string;
  /** All that the server wrote to its log. */
  log(): Promise<string>;
  /** `method`, address below the server, body (an object is sent as JSON) and headers. */
  send(method: string, address: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Received>;
  stop(): Promise<void>;
}

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of a problem+json; absent of any other body. */
  readonly code?: string;
}

/**
 * Needs `npm run build` before it, as every test of the built server.
 * @param options.files settings files by name, written into the folder that `settings` gets
 * @param options.settings more of the server's environment
 * @param options.embeddedDatabase whether it has the embedded one even where PostgreSQL is installed
 */
export async function startServerUnderTest({
  files = {},
  settings = () => ({}),
  embeddedDatabase,
  flags = [],
}: {
  readonly files?: Readonly<Record<string, string>>;
  readonly settings?: (folder: string) => Readonly<Record<string, string>>;
  readonly embeddedDatabase?: boolean;
  readonly flags?: readonly string[];
} = {}): Promise<ServerUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-security-'));
  const data = await newServerData('promptseg-security-data-', { embedded: embeddedDatabase });
  const viewer = path.join(folder, 'viewer');
  await mkdir(viewer);
  await writeFile(path.join(viewer, 'index.html'), '<!doctype html><title>viewer</title>');
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const archive = await startArchive();
  const server = await startServer({
    archive: `http://127.0.0.1:${(archive.address() as AddressInfo).port}/dicom-web`,
    viewer,
    data: data.folder,
    port: await freePort(),
    flags,
    settings: { ...data.settings, ...settings(folder) },
  });
  return {
    url: server.url,
    data: data.folder,
    log: () => readFile(server.logFile, 'utf8'),
    async send(method, address, body, headers = {}) {
      const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
      const response = await fetch(`${server.url}${address}`, {
        method,
        headers: { ...(!isRaw && { 'Content-Type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: isRaw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isProblem = response.headers.get('Content-Type')?.startsWith('application/problem+json');
      return {
        status: response.status,
        headers: response.headers,
        text,
        ...(isProblem && { code: (JSON.parse(text) as { code: string }).code }),
      };
    },
    async stop() {
      await server.stop();
      archive.closeAllConnections();
      archive.close();
      await rm(folder, { recursive: true, force: true });
      await data.remove();
    },
  };
}

async function startArchive(): Promise<HttpServer> {
  const element = (vr: string, value: unknown) => ({ vr, Value: [value] });
  const { studyInstanceUID, seriesInstanceUID } = listedSeries;
  const series = {
    '00080060': element('CS', 'CT'),
    '0020000D': element('UI', studyInstanceUID),
    '0020000E': element('UI', seriesInstanceUID),
    '00201209': element('IS', 100),
  };
  const archive = createServer((request, response) => {
    request.resume();
    const { pathname } = new URL(request.url ?? '', 'http://archive');
    const isSearch = /\/(studies|series)$/.test(pathname);
    response
      .writeHead(isSearch ? 200 : 404, { 'Content-Type': 'application/dicom+json' })
      .end(JSON.stringify(isSearch ? [series] : []));
  });
  await new Promise<void>((resolve) => archive.listen(0, '127.0.0.1', resolve));
  return archive;
}
