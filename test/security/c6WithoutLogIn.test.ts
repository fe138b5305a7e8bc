import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repository } from '../../scripts/setup/paths.mjs';
import { errorTable } from '../../server/contract/errorTable.js';
import { readAccessSettings } from '../../server/src/access/settings.js';
import { type SmallApplication, smallApplication } from '../../server/src/cli/app/smallApplication.testSupport.js';
import { newDataFolder } from '../../server/src/jobs/dataFolder.testSupport.js';
import { readConfig } from '../../server/src/platform/config.js';
import { browserless } from '../access/browserless.js';
import { clientId, clientSecret, startOpenIdProvider, type TestProvider } from '../access/openIdProvider.js';
import { rawRequest } from './rawRequest.js';

describe('C6: without a log-in', () => {
  it.each([
    ['every address', { PROMPTSEG_HOST: '0.0.0.0' }, 'as 0.0.0.0 without'],
    ['every address, IPv6 too', { PROMPTSEG_HOST: '::' }, 'as :: without'],
    ['an address of the network', { PROMPTSEG_HOST: '192.0.2.7' }, 'as 192.0.2.7 without'],
    ['a name', { PROMPTSEG_HOST: 'Seg.example' }, 'as seg.example without'],
    ['loopback by a public name', { PROMPTSEG_ALLOWED_HOSTS: 'https://seg.example' }, 'as seg.example without'],
    ['what a log-in is turned off for', { PROMPTSEG_HOST: '0.0.0.0', PROMPTSEG_AUTH: 'none' }, 'as 0.0.0.0 without'],
  ])('no server is allowed on %s, and it says what to do', (_where, environment, words) => {
    const read = () => readAccessSettings(readConfig({}, environment), environment);
    expect(read).toThrow(expect.objectContaining({ code: 'log-in-missing', message: expect.stringContaining(words) }));
    expect(errorTable['log-in-missing'].nextStep).toContain('PROMPTSEG_AUTH');
  });

  it('no server starts, and nothing is written', async () => {
    const folder = await newDataFolder('promptseg-c6-');
    const data = path.join(folder, 'data');
    const program = path.join(repository, 'server/bin/promptseg.mjs');
    const args = [program, 'serve', '--archive', 'http://127.0.0.1:1/dicom-web', '--data', data, '--port', '0'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { ...process.env, PROMPTSEG_HOST: '0.0.0.0' },
    });
    expect([status, existsSync(data)]).toEqual([1, false]);
    expect(stdout).not.toContain('listening');
    expect(stderr).toContain('as 0.0.0.0 without');
    expect(stderr).toContain('PROMPTSEG_AUTH');
    await rm(folder, { recursive: true });
  });
});

describe('C6: TLS ends at a proxy, whose name the settings give', () => {
  let provider: TestProvider;
  let application: SmallApplication;
  beforeAll(async () => {
    provider = await startOpenIdProvider({ ada: { name: 'Ada', roles: ['viewer'] } });
    application = await smallApplication({
      PROMPTSEG_AUTH: 'oidc',
      PROMPTSEG_OIDC_ISSUER: provider.issuer,
      PROMPTSEG_OIDC_CLIENT_ID: clientId,
      PROMPTSEG_OIDC_CLIENT_SECRET: clientSecret,
      PROMPTSEG_ALLOWED_HOSTS: 'https://seg.example, plain.example',
    });
  });
  afterAll(async () => {
    await application?.close();
    await provider?.stop();
  });

  it.each([
    ['https://seg.example', true],
    ['http://plain.example', false],
  ])('cookies of %s are for https only: %s', async (origin, isSecure) => {
    provider.register(origin);
    const client = browserless({ [origin]: application.url });
    const arrived = await client.signIn(`${origin}/jobs?study=1.2`, 'ada');
    expect([arrived.status, client.visited.at(-1)]).toEqual([200, `${origin}/jobs?study=1.2`]);
    const { port } = new URL(application.url);
    const session = isSecure ? '__Host-promptseg' : `promptseg-${port}`;
    const attempt = isSecure ? /^__Secure-promptseg-[\w-]{12}$/ : /^promptseg-[\w-]{12}$/;
    const ours = client.setCookies.filter((line) => /^(__\w+-)?promptseg/.test(line));
    const nameOf = (line: string): string => line.split('=')[0]!;
    expect(ours.filter((line) => nameOf(line) === session).length).toBe(1);
    expect(ours.filter((line) => attempt.test(nameOf(line))).length).toBe(2);
    expect(ours.length).toBe(3);
    for (const line of ours) {
      expect(line).toMatch(/; HttpOnly/);
      expect(line).toMatch(/; SameSite=Lax/);
      expect([line, /; Secure/.test(line)]).toEqual([line, isSecure]);
      expect(line).not.toMatch(/; Domain/i);
    }
    // A cookie of plain HTTP is worth nothing where there is TLS: who is between could have set it.
    const [, value] = client.setCookies.find((line) => line.startsWith(session))!.split(/[=;]/);
    const asked = browserless({ [origin]: application.url });
    for (const [name, status] of [
      [session, 200],
      [isSecure ? `promptseg-${port}` : '__Host-promptseg', 401],
    ] as const) {
      const headers = { cookie: `${name}=${value}`, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' };
      expect([name, (await asked.request(`${origin}/api/v1/models`, { headers })).status]).toEqual([name, status]);
    }
  });

  it('no client says that it came by https: the settings do', async () => {
    const said = [
      'X-Forwarded-Proto: https',
      'Forwarded: proto=https;host=seg.example',
      'X-Forwarded-Host: seg.example',
    ];
    const lines = ['GET /auth/sign-in HTTP/1.1', 'Host: plain.example', 'Connection: close', ...said];
    const { status, text } = await rawRequest(application.url, lines);
    expect(status).toBe(302);
    expect(text).toMatch(/set-cookie: promptseg-/i);
    expect(text).not.toMatch(/; Secure|strict-transport-security/i);
    expect(text).toContain(encodeURIComponent('http://plain.example/auth/callback'));
  });
});
