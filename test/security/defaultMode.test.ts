import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { repository } from '../../scripts/setup/paths.mjs';
import { type Server, startServer } from '../../scripts/setup/server.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import { checkDataFolder } from '../../server/src/cli/checkDataFolder.js';
import { newDataFolder } from '../../server/src/jobs/dataFolder.testSupport.js';
import { call, submit, uidsOf, waitFor } from '../endToEnd/productClient.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';
import { smallPhantom } from '../support/smallPhantom.js';

/**
 * The findings of a security test, each tried again on the built server beside a real Orthanc. Those of web pages are
 * in foreignPages.test.ts.
 */
let orthanc: TestOrthanc;
/** A service of the intranet that nobody outside is to reach. */
let intranet: HttpServer;
let intranetUrl: string;
const reached: string[] = [];
let folder: string;
let data: string;
let server: Server;
let instances: readonly Uint8Array[];

const secrets = {
  HOOK_SECRET: `whsec_${Buffer.from('of the webhook, 24 bytes!').toString('base64')}`,
  RESEARCH_PASSWORD: 'of-the-destination',
  PGPASSWORD: 'of-a-database',
  AWS_SECRET_ACCESS_KEY: 'of-something-else',
};

beforeAll(async () => {
  orthanc = await startTestOrthanc();
  instances = await smallPhantom('Victim');
  await orthanc.upload(instances);
  intranet = createServer((incoming, response) => {
    reached.push(incoming.url ?? '');
    response.end('{"internal":"secret"}');
  });
  await new Promise<void>((resolve) => intranet.listen(0, '127.0.0.1', resolve));
  intranetUrl = `http://127.0.0.1:${(intranet.address() as AddressInfo).port}`;
  folder = await newDataFolder('promptseg-findings-');
  data = path.join(folder, 'data');
  const webhooks = path.join(folder, 'webhooks.yaml');
  await writeFile(
    webhooks,
    `version: 1\nwebhooks:\n  ris: { url: "${intranetUrl}", secret: { environment: HOOK_SECRET }, states: [failed] }\n`,
  );
  const umask = process.umask(0o022);
  server = await startServer({
    archive: orthanc.dicomWebUrl,
    viewer: await setUpViewer(),
    data,
    port: await freePort(),
    settings: { ...orthanc.settings, ...secrets, PROMPTSEG_WEBHOOKS_FILE: webhooks },
  });
  process.umask(umask);
});
afterAll(async () => {
  await server?.stop();
  intranet?.close();
  await orthanc?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** `fetch` would tidy the path up and set Host itself. */
function ask(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const asked = request({ hostname, port, method, path: target, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

const count = async (level: string): Promise<number> => ((await (await orthanc.ask(`/${level}`)).json()) as []).length;

describe('C1: Orthanc’s REST API is not behind /dicom-web', () => {
  it.each(['../', '..%2f', '..%2F', '%2e%2e/', '..%5c', 'studies/..%2f..%2f', '/../', '..%252f', '..;/'])(
    '%s',
    async (up) => {
      for (const inside of ['system', 'patients', 'peers?expand', 'instances', 'statistics', 'tools/now'])
        expect(await ask('GET', `/dicom-web/${up}${inside}`)).toMatchObject({ status: 404 });
      expect(await ask('PUT', `/dicom-web/${up}tools/log-level`, {}, 'trace')).toMatchObject({ status: 404 });
      expect(await ask('POST', `/dicom-web/${up}tools/execute-script`, {}, 'print(1)')).toMatchObject({ status: 404 });
      expect(await ask('POST', `/dicom-web/${up}tools/shutdown`)).toMatchObject({ status: 404 });
      expect((await (await orthanc.ask('/tools/log-level')).text()).trim()).toBe('default');
    },
  );
});

describe('C2: Orthanc’s DICOMweb client fetches nothing and sends nothing', () => {
  it('by its own paths and by peers', async () => {
    const [id] = (await (await orthanc.ask('/instances')).json()) as string[];
    const json = { 'content-type': 'application/json' };
    const asked = [
      ['PUT', '/dicom-web/servers/evil', JSON.stringify({ Url: intranetUrl })],
      ['POST', '/dicom-web/servers/evil/get', JSON.stringify({ Uri: '/latest/meta-data' })],
      ['POST', '/dicom-web/servers/evil/stow', JSON.stringify({ Resources: [id], Synchronous: true })],
      ['PUT', '/dicom-web/..%2fpeers%2fevil', JSON.stringify([`${intranetUrl}/`])],
      ['POST', '/dicom-web/..%2fpeers%2fevil%2fstore', id ?? ''],
      ['GET', '/dicom-web/app/client/index.html', ''],
    ] as const;
    for (const [method, target, body] of asked)
      expect([target, (await ask(method, target, json, body)).status]).toEqual([target, 404]);
    expect(await (await orthanc.ask('/dicom-web/servers')).json()).toEqual([]);
    expect(await (await orthanc.ask('/peers')).json()).toEqual([]);
    expect(reached).toEqual([]);
  });
});

describe('C3: what a web page could send', () => {
  it.each([
    ['another origin', { origin: 'http://evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['no origin', { origin: 'null', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ])('deletes, stops and stores nothing: %s', async (_, headers) => {
    const body = '{"Resources":["a"]}';
    for (const target of ['..%2ftools%2fbulk-delete', '..%2ftools%2fshutdown', '..%2finstances', 'studies'])
      expect(
        (await ask('POST', `/dicom-web/${target}`, { ...headers, 'content-type': 'text/plain' }, body)).status,
      ).toBe(403);
    expect([await count('patients'), await count('instances')]).toEqual([1, instances.length]);
  });
});

describe('C4: under another name', () => {
  it('nothing is read, and no name of a client comes back in an address', async () => {
    for (const target of ['/dicom-web/studies', '/api/v1/segmentations', '/jobs', '/', '/metrics', '/healthz'])
      expect([target, (await ask('GET', target, { host: 'evil.example' })).status]).toEqual([target, 421]);
    const headers = { forwarded: 'host=fw2.example;proto=https', 'x-forwarded-host': 'fw3.example' };
    const { body } = await ask('GET', '/dicom-web/studies', { ...headers, accept: 'application/dicom+json' });
    const [{ '00081190': retrieveUrl } = {}] = JSON.parse(body) as { '00081190'?: { Value: string[] } }[];
    expect(retrieveUrl?.Value[0]).toMatch(new RegExp(`^${server.url}/dicom-web/studies/`));
    expect(body).not.toMatch(/fw\d\.example/);
    // What it names is there.
    const { pathname } = new URL(retrieveUrl?.Value[0] ?? '');
    expect((await ask('GET', `${pathname}/metadata`)).status).toBe(200);
  });
});

function ifGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

describe('C8, C11, C12', () => {
  let job: string;
  beforeAll(async () => {
    const { body } = await submit(server, { ...uidsOf(instances[0]!), prompts: ['left lung'] });
    job = body.id;
    await waitFor(server, job);
    // It starts the second child, the one that draws.
    expect((await fetch(`${server.url}/api/v1/segmentations/${job}/picture.png`)).status).toBe(200);
  });

  it('C8: nothing in the data folder is open to others', async () => {
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    const entries = await readdir(data, { recursive: true, withFileTypes: true });
    expect(entries.length).toBeGreaterThan(900);
    const open: string[] = [];
    for (const entry of entries) {
      const file = path.join(entry.parentPath, entry.name);
      // The two that the starting script of the demo writes.
      if (/^server\.(log|pid)$/.test(entry.name)) continue;
      // The database may have removed it meanwhile.
      const { mode = 0 } = (await stat(file).catch(ifGone)) ?? {};
      if ((mode & 0o077) !== 0) open.push(file);
    }
    expect(open).toEqual([]);
  });

  it('C8: the doctor refuses a data folder that others can enter, and says how to close it', async () => {
    const loose = path.join(folder, 'loose');
    await mkdir(loose);
    await chmod(loose, 0o755);
    const doctor = () => checkDataFolder({ dataFolder: loose });
    const { state, found, fix = '' } = await doctor();
    expect([state, found]).toEqual(['failed', expect.stringContaining('mode 755')]);
    const [, command = ''] = /`(.*)`/.exec(fix) ?? [];
    execFileSync('sh', ['-c', command]);
    expect((await doctor()).state).toBe('ok');
  });

  it('C11: a POST without a body from a web page makes, cancels, retries and releases nothing', async () => {
    const before = (await call<{ segmentations: object[] }>(server, 'GET', '/segmentations')).body.segmentations.length;
    for (const target of [
      `/api/v1/segmentations/${job}/rerun`,
      `/api/v1/segmentations/${job}/deliveries/research/retry`,
      '/api/v1/rules/parked/1.2.3/release',
      '/ups-rs/workitems/1.2.3/cancelrequest',
    ])
      for (const headers of [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<
        string,
        string
      >[])
        expect([target, (await ask('POST', target, headers)).status]).toEqual([target, 403]);
    const after = (await call<{ segmentations: object[] }>(server, 'GET', '/segmentations')).body.segmentations.length;
    expect(after).toBe(before);
  });

  const hasProc = existsSync('/proc/self/environ');
  if (!hasProc) console.warn('SKIPPED: the environment of child processes, there is no /proc here.');
  (hasProc ? it : it.skip)('C12: worker and results process hold no secret but the archive’s', async () => {
    const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(server.pid)], { encoding: 'utf8' });
    const environments = new Map<string, string>();
    for (const [, pid, program] of children.matchAll(/^\s*(\d+) .*\/(workerMain|resultsMain)\.js/gm))
      environments.set(program ?? '', await readFile(`/proc/${pid}/environ`, 'utf8'));
    expect([...environments.keys()].sort()).toEqual(['resultsMain', 'workerMain']);
    const own = await readFile(`/proc/${server.pid}/environ`, 'utf8');
    for (const [name, secret] of Object.entries(secrets)) {
      expect(own).toContain(secret);
      for (const environment of environments.values()) {
        expect(environment).not.toContain(secret);
        expect(environment).not.toContain(`${name}=`);
      }
    }
    for (const environment of environments.values()) {
      expect(environment).toContain('PATH=');
      expect(environment).not.toContain('PROMPTSEG_ARCHIVE_PASSWORD=');
      expect(environment).toContain(orthanc.headers.authorization);
    }
  });

  it('C12: an archive’s address with credentials is refused by every command, and not repeated', () => {
    for (const command of ['serve', 'doctor']) {
      const args = [
        path.join(repository, 'server/bin/promptseg.mjs'),
        command,
        '--archive',
        'http://user:geheim@host/',
      ];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      expect([command, status]).toEqual([command, 1]);
      expect(stderr).toContain('contains credentials');
      expect(stdout + stderr).not.toContain('geheim');
    }
  });
});
