import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Check } from '../../server/src/cli/check.js';
import { checkAccess } from '../../server/src/cli/checkAccess.js';
import { checkAudit } from '../../server/src/cli/checkAudit.js';
import { recordAudit } from '../../server/src/database/auditTrail.js';
import { newTestDatabase } from '../../server/src/jobs/testDatabase.testSupport.js';
import { type Config, readConfig } from '../../server/src/platform/config.js';
import { eventNumber, openDatabase } from '../audit/auditParts.js';
import { certificateOf, startSyslogReceiver, unusedPort } from '../audit/receivers.js';
import { startServerUnderTest } from '../security/serverUnderTest.js';
import { audience, clientId, startOpenIdProvider } from './openIdProvider.js';

const closing: (() => unknown)[] = [];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-doctor-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

async function listen(respond: RequestListener): Promise<string> {
  const server: Server = createServer(respond);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const respondWith =
  (status: number, body: object = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const access = (environment: Record<string, string>, options: Partial<Config> = {}): Promise<Check[]> =>
  checkAccess({ ...readConfig({}, environment), ...options }, environment);
const about = (checks: readonly Check[], name: string): Check | undefined => checks.find((each) => each.name === name);
const oidc = (issuer: string) => ({
  PROMPTSEG_AUTH: 'oidc',
  PROMPTSEG_OIDC_ISSUER: issuer,
  PROMPTSEG_OIDC_CLIENT_ID: clientId,
});
const proxy = { PROMPTSEG_AUTH: 'proxy', PROMPTSEG_TRUSTED_PROXIES: '10.1.2.3, fd00::/8' };

describe('the doctor says of the log-in', () => {
  it.each([
    ['none on loopback', {}, 'ok', 'only programs on this machine'],
    [
      'none, as intended',
      { PROMPTSEG_HOST: '0.0.0.0', PROMPTSEG_INSECURE: 'true' },
      'warning',
      'others reach it as 0.0.0.0',
    ],
    ['none that nobody misses', { PROMPTSEG_INSECURE: 'true' }, 'warning', 'though only this machine'],
    ['none where others reach it', { PROMPTSEG_HOST: '0.0.0.0' }, 'failed', 'without a log-in'],
    ['a setting that is wrong', { PROMPTSEG_AUTH: 'basic' }, 'failed', 'PROMPTSEG_AUTH'],
    ['proxies by name', proxy, 'ok', 'from 2 addresses or networks'],
    ['every address as a proxy', { ...proxy, PROMPTSEG_TRUSTED_PROXIES: '0.0.0.0/0' }, 'failed', 'every address'],
    ['every IPv6 address as one', { ...proxy, PROMPTSEG_TRUSTED_PROXIES: '10.1.2.3, ::/0' }, 'failed', 'every address'],
  ])('%s', async (_what, environment, state, words) => {
    const check = about(await access(environment), 'Log-in')!;
    expect(check).toMatchObject({ state, found: expect.stringContaining(words) });
    if (state !== 'ok') expect(check.fix).toBeDefined();
  });

  it('whether the provider responds, as the issuer that the settings name', async () => {
    const provider = await startOpenIdProvider({});
    closing.push(() => provider.stop());
    expect(about(await access(oidc(provider.issuer)), 'Log-in')).toMatchObject({
      state: 'ok',
      found: expect.stringContaining('API keys only'),
    });
    const withAudience = { ...oidc(provider.issuer), PROMPTSEG_OIDC_AUDIENCE: audience };
    expect(about(await access(withAudience), 'Log-in')?.found).toContain(audience);
    const elsewhere = provider.issuer.replace('localhost', '127.0.0.1');
    for (const issuer of [elsewhere, `http://127.0.0.1:${await unusedPort()}`, await listen(respondWith(404))])
      expect(about(await access(oidc(issuer)), 'Log-in')).toMatchObject({
        state: 'failed',
        fix: expect.stringContaining('/.well-known/openid-configuration'),
      });
  });

  it('what the provider lacks', async () => {
    const issuer: string = await listen((_request, response) =>
      respondWith(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        code_challenge_methods_supported: ['plain'],
      })(_request, response),
    );
    expect(about(await access(oidc(issuer)), 'Log-in')).toMatchObject({
      state: 'failed',
      found: expect.stringMatching(/no keys.*PKCE/),
    });
  });

  it('that session cookies are not encrypted', async () => {
    const settings = oidc('http://127.0.0.1:1');
    const warning = { state: 'warning', found: expect.stringContaining('cookies are not encrypted') };
    expect(about(await access({ ...settings, PROMPTSEG_HOST: '0.0.0.0' }), 'TLS')).toMatchObject(warning);
    expect(about(await access({ ...settings, PROMPTSEG_ALLOWED_HOSTS: 'seg.example' }), 'TLS')).toMatchObject(warning);
    for (const hosts of ['', 'https://seg.example'])
      expect(about(await access({ ...settings, PROMPTSEG_ALLOWED_HOSTS: hosts }), 'TLS')).toBeUndefined();
  });

  it('that a secret is short, without saying it', async () => {
    const short = {
      ...oidc('http://127.0.0.1:1'),
      PROMPTSEG_OIDC_CLIENT_SECRET: 'geheim',
      PROMPTSEG_ARCHIVE_PASSWORD: 'orthanc',
    };
    const checks = await access(short);
    expect(
      checks.filter(({ name }) => name === 'Secrets').map(({ state, found }) => [state, found.split(' ')[0]]),
    ).toEqual([
      ['warning', 'PROMPTSEG_OIDC_CLIENT_SECRET'],
      ['warning', 'PROMPTSEG_ARCHIVE_PASSWORD'],
    ]);
    expect(JSON.stringify(checks)).not.toMatch(/geheim|"orthanc"/);
    expect(about(await access({ PROMPTSEG_ARCHIVE_PASSWORD: 'x'.repeat(16) }), 'Secrets')).toBeUndefined();
  });

  it.each([
    [401, 'ok'],
    [403, 'ok'],
    [200, 'failed'],
    [204, 'failed'],
    [500, 'warning'],
  ])('whether the archive refuses tokens: %s to one that nobody made', async (status, state) => {
    const tokens: (string | undefined)[] = [];
    const archive = await listen((request, response) => {
      tokens.push(request.headers.authorization);
      response.writeHead(status).end(status === 200 ? '[]' : undefined);
    });
    const environment = {
      ...proxy,
      PROMPTSEG_ARCHIVE_FORWARD_TOKEN: 'true',
      PROMPTSEG_ARCHIVE: archive,
      PROMPTSEG_ARCHIVE_TOKEN: 'geheim',
    };
    expect(about(await access(environment), 'Study rights')?.state).toBe(state);
    // Neither the service's own, nor anybody's.
    expect(tokens).toEqual(['Bearer made-up-by-promptseg-doctor']);
  });

  it('that the archive does not respond at all', async () => {
    const away = `http://127.0.0.1:${await unusedPort()}`;
    const environment = { ...proxy, PROMPTSEG_ARCHIVE_FORWARD_TOKEN: 'true', PROMPTSEG_ARCHIVE: away };
    expect(about(await access(environment), 'Study rights')?.state).toBe('failed');
    expect(about(await access(proxy), 'Study rights')).toBeUndefined();
  });
});

describe('the doctor says of the audit trail', () => {
  const audit = (data: string, environment: Record<string, string> = {}): Promise<Check[]> =>
    checkAudit(readConfig({ data }, environment));

  it('that it is empty, whole, or not whole from which row on', async () => {
    expect(await audit(path.join(folder, 'audit'))).toMatchObject([
      { name: 'Audit trail', state: 'ok', found: expect.stringContaining('empty') },
    ]);
    const { folder: data, location, remove } = await newTestDatabase('promptseg-doctor-audit-');
    closing.push(remove);
    const settings = location.kind === 'server' ? { DATABASE_URL: location.url } : {};
    const database = await openDatabase(location);
    for (let number = 1; number <= 3; number++) await recordAudit(database, eventNumber(number));
    await database.close();
    expect(await audit(data, settings)).toMatchObject([{ state: 'ok', found: '3 rows, intact up to row 3' }]);
    const again = await openDatabase(location);
    await again.executeSql(
      `ALTER TABLE promptseg.audit_trail DISABLE TRIGGER USER; DELETE FROM promptseg.audit_trail WHERE number = 2`,
    );
    await again.close();
    expect(await audit(data, settings)).toMatchObject([
      { state: 'failed', found: expect.stringContaining('not intact from row 2 on'), fix: expect.any(String) },
    ]);
  });

  it('whether its receivers can be reached, and sends them nothing', async () => {
    const { cert, key } = await certificateOf('siem.test');
    const siem = await startSyslogReceiver({ cert, key });
    closing.push(() => siem.close());
    const asked: string[] = [];
    const fhir = await listen((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      respondWith(request.headers.authorization === 'Bearer t' ? 200 : 401)(request, response);
    });
    await writeFile(path.join(folder, 'ca.pem'), cert);
    const file = path.join(folder, 'receivers.yaml');
    const syslog = (more: string) => `{ syslog: { host: 127.0.0.1, port: ${siem.port}${more} } }`;
    await writeFile(
      file,
      `version: 1\nreceivers:\n  siem: ${syslog(`, authorities: ${path.join(folder, 'ca.pem')}`)}\n` +
        `  stranger: ${syslog('')}\n  fhir: { fhir: { url: "${fhir}/r4", token: { environment: AUDIT_TOKEN } } }\n` +
        `  refused: { fhir: { url: "${fhir}/r4" } }\n` +
        `  away: { syslog: { host: 127.0.0.1, port: ${await unusedPort()} } }\n`,
    );
    process.env.AUDIT_TOKEN = 't';
    const checks = await audit(path.join(folder, 'none'), { PROMPTSEG_AUDIT_RECEIVERS_FILE: file });
    delete process.env.AUDIT_TOKEN;
    const states = checks.slice(1).map(({ name, state }) => `${name.split(' ').at(-1)} ${state}`);
    expect(states).toEqual(['siem ok', 'stranger failed', 'fhir ok', 'refused failed', 'away failed']);
    expect(siem.messages).toEqual([]);
    expect(asked).toEqual(['GET /r4/metadata', 'GET /r4/metadata']);
    await writeFile(file, 'version: 2\n');
    const [, broken] = await audit(path.join(folder, 'none'), { PROMPTSEG_AUDIT_RECEIVERS_FILE: file });
    expect(broken).toMatchObject({ name: 'Audit receivers', state: 'failed' });
  });
});

describe('promptseg doctor beside the running server', () => {
  it('has it verify the audit trail, which only the server may open, and warns of the missing log-in', async () => {
    const server = await startServerUnderTest({
      flags: ['--host', '0.0.0.0'],
      settings: () => ({ PROMPTSEG_INSECURE: 'true' }),
      embeddedDatabase: true,
    });
    closing.push(() => server.stop());
    const program = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');
    const args = ['--json', '--data', server.data, '--host', '0.0.0.0', '--port', new URL(server.url).port];
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'doctor', ...args], {
      env: { ...process.env, PROMPTSEG_INSECURE: 'true' },
    }).catch((error: { stdout: string }) => error);
    const checks = JSON.parse(stdout) as Check[];
    expect(about(checks, 'Audit trail')).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/^\d+ rows, intact/),
    });
    expect(about(checks, 'Log-in')).toMatchObject({ state: 'warning', found: expect.stringContaining('0.0.0.0') });
    expect(about(checks, 'Data folder')).toMatchObject({ state: 'ok', found: expect.stringContaining(server.data) });
  });
});
