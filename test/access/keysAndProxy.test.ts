import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CreatedKey, KeysView } from '../../server/contract/apiKey.js';
import type { Problem } from '../../server/contract/problem.js';
import { createApiKeys } from '../../server/src/access/apiKeys.js';
import { type SmallApplication, smallApplication } from '../../server/src/cli/app/smallApplication.testSupport.js';
import { type Scope, system } from '../../server/src/values/principal.js';

const user = (name: string, roles: string) => ({ 'x-forwarded-user': name, 'x-forwarded-groups': roles });
const tomorrow = () => new Date(Date.now() + 86_400_000);

describe('behind a proxy that signs people in', () => {
  let trusted: SmallApplication;
  let untrusted: SmallApplication;
  beforeAll(async () => {
    const settings = (proxies: string) => ({
      PROMPTSEG_AUTH: 'proxy',
      PROMPTSEG_TRUSTED_PROXIES: proxies,
      PROMPTSEG_SIGN_OUT_URL: '/oauth2/sign_out',
    });
    trusted = await smallApplication(settings('127.0.0.0/8'));
    untrusted = await smallApplication(settings('192.0.2.1, 2001:db8::/32'));
  });
  afterAll(async () => {
    await trusted?.close();
    await untrusted?.close();
  });
  const get = (
    application: SmallApplication,
    headers: Record<string, string> | [string, string][],
    path = '/api/v1/models',
  ) => fetch(application.url + path, { headers });
  const codeOf = async (response: Response): Promise<string> => ((await response.json()) as Problem).code;

  it('its header says who asks, and what he may do', async () => {
    expect((await get(trusted, user('ada', 'viewer,other'))).status).toBe(200);
    expect(await codeOf(await get(trusted, user('ada', 'viewer'), '/metrics'))).toBe('not-permitted');
    expect(await codeOf(await get(trusted, user('ada', '')))).toBe('not-permitted');
    const account = await (await get(trusted, user('ada', 'viewer'), '/api/v1/account')).json();
    expect(account).toMatchObject({ displayName: 'ada', signOut: { method: 'GET', address: '/oauth2/sign_out' } });
  });

  it('the header of anybody else is refused, whatever it says', async () => {
    for (const headers of [
      user('ada', 'administrator'),
      { 'x-forwarded-groups': 'viewer' },
      { 'x-forwarded-access-token': 'x' },
    ])
      for (const path of ['/api/v1/models', '/api/v1/account', '/dicom-web/studies', '/jobs'])
        expect([path, await codeOf(await get(untrusted, headers, path))]).toEqual([path, 'proxy-untrusted']);
  });

  it('a header that does not say clearly who asks is refused', async () => {
    const twice: [string, string][] = [
      ['x-forwarded-user', 'ada'],
      ['x-forwarded-groups', 'viewer'],
    ];
    const application = new URL(trusted.url);
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const sent = request(new URL('/api/v1/models', application), (response) => resolve(response.resume().statusCode));
      for (const [name, value] of twice) sent.setHeader(name, [value, `${value}-2`]);
      sent.on('error', reject).end();
    });
    expect(status).toBe(403);
    expect((await get(trusted, { 'x-forwarded-groups': 'administrator' })).status).toBe(403);
    expect((await get(trusted, user(' ', 'viewer'))).status).toBe(403);
  });

  it('C12: by a rule of his own, nobody asks what a patient’s attributes are who may not change rules', async () => {
    const rule = { name: 'oracle', match: { attribute: 'PatientName', matches: '^A' }, prompts: ['bone'] };
    for (const [path, body] of [
      ['recent-matches', { rule }],
      ['test', { rule, studyInstanceUID: '1.2' }],
    ] as const) {
      const ask = (roles: string) =>
        fetch(`${trusted.url}/api/v1/rules/${path}`, {
          method: 'POST',
          headers: { ...user('ada', roles), 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      for (const roles of ['viewer', 'researcher']) expect(await codeOf(await ask(roles))).toBe('not-permitted');
      expect([401, 403]).not.toContain((await ask('rules-administrator')).status);
    }
  });

  it('without the header nobody gets in, and a page says by which way', async () => {
    expect(await codeOf(await get(trusted, {}))).toBe('sign-in-needed');
    expect((await get(trusted, { authorization: 'Bearer a.b.c' })).status).toBe(401);
  });
});

/** Behind the prefix and the id; it may begin with an underscore. */
const secretOf = (key: string): string => key.slice('psk_0123456789ab_'.length);

describe('keys', () => {
  let application: SmallApplication;
  beforeAll(async () => {
    application = await smallApplication({ PROMPTSEG_AUTH: 'proxy', PROMPTSEG_TRUSTED_PROXIES: '192.0.2.1' });
  });
  afterAll(() => application?.close());
  const make = async (scopes: readonly Scope[], expiresAt = tomorrow()) =>
    (await createApiKeys(application.jobs.database).create({ name: 'cohort', scopes, expiresAt }, system)).secret;
  const call = (key: string, path: string, init: RequestInit = {}) =>
    fetch(application.url + path, {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    });
  const codeOf = async (response: Promise<Response>): Promise<string> =>
    ((await (await response).json()) as Problem).code;

  it('open what their scopes say, and are recorded by their name', async () => {
    const key = await make(['jobs:write']);
    const body = JSON.stringify({ studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', prompts: ['bone'] });
    const made = await call(key, '/api/v1/segmentations', { method: 'POST', body });
    expect(await made.json()).toMatchObject({ createdBy: { kind: 'key', displayName: 'cohort' } });
    expect(await codeOf(call(key, '/api/v1/segmentations'))).toBe('not-permitted');
  });

  it('are kept as a hash', async () => {
    const key = await make(['metrics']);
    const { rows } = await application.jobs.database.executeSql('SELECT * FROM promptseg.api_keys');
    expect(JSON.stringify(rows)).not.toContain(secretOf(key));
    expect((await call(key, '/metrics')).status).toBe(200);
  });

  it('that were revoked, have expired, were altered or never were are refused alike', async () => {
    const keys = createApiKeys(application.jobs.database);
    const revoked = await make(['metrics']);
    expect((await call(revoked, '/metrics')).status).toBe(200);
    await keys.revoke(revoked.split('_')[1]!, system);
    const good = await make(['metrics']);
    const wrong = [
      revoked,
      await make(['metrics'], new Date(Date.now() - 1000)),
      `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
      `${good}=`,
      'psk_',
      'psk_000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ];
    const responses = await Promise.all(wrong.map(async (key) => (await call(key, '/metrics')).json()));
    expect(new Set(responses.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(responses[0]).toMatchObject({ status: 401, code: 'credential-invalid' });
  });

  it('that are revoked or expire end what they follow', async () => {
    const follow = async (key: string) => (await call(key, '/api/v1/segmentations/events')).body!.getReader();
    /** With a key that expires soon, but not before this machine has asked with it. */
    const followUntilExpiry = async () => {
      for (let lifetimeMs = 1500; ; lifetimeMs *= 2) {
        const key = await make(['jobs:read'], new Date(Date.now() + lifetimeMs));
        const response = await call(key, '/api/v1/segmentations/events');
        if (response.status === 200) return response.body!.getReader();
      }
    };
    const end = async (reader: Awaited<ReturnType<typeof follow>>): Promise<void> => {
      while (!(await reader.read()).done);
    };
    const [revoked, other] = [await make(['jobs:read']), await make(['jobs:read'])];
    const [stream, kept] = [await follow(revoked), await follow(other)];
    const admin = await make(['keys']);
    await call(admin, `/api/v1/keys/${revoked.split('_')[1]}`, { method: 'DELETE' });
    await end(stream);
    expect(await codeOf(call(revoked, '/api/v1/segmentations/events'))).toBe('credential-invalid');
    // Another key's stream goes on: it has not ended after this one that was begun later and expires.
    let isOver = false;
    const others = end(kept).finally(() => {
      isOver = true;
    });
    await end(await followUntilExpiry());
    expect(isOver).toBe(false);
    await kept.cancel();
    await others;
  });

  it('are made, listed and revoked over REST, with no more than their maker has', async () => {
    const admin = await make(['keys', 'jobs:read']);
    const create = (scopes: string[], more = {}) =>
      call(admin, '/api/v1/keys', { method: 'POST', body: JSON.stringify({ name: 'made', scopes, ...more }) });
    expect(await codeOf(create(['jobs:read', 'studies:all']))).toBe('not-permitted');
    expect(await codeOf(create(['rules:write']))).toBe('not-permitted');
    for (const wrong of [
      create([]),
      create(['other']),
      create(['jobs:read', 'jobs:read']),
      create(['jobs:read'], { expiresInDays: 0 }),
    ])
      expect(await codeOf(wrong)).toBe('request-invalid');
    const made = await create(['jobs:read'], { expiresInDays: 1 });
    const { key, secret } = (await made.json()) as CreatedKey;
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect((await call(secret, '/api/v1/models')).status).toBe(200);
    const { keys } = (await (await call(admin, '/api/v1/keys')).json()) as KeysView;
    expect(keys.find(({ id }) => id === key.id)).toEqual(key);
    expect(JSON.stringify(keys)).not.toContain(secret);
    expect(await (await call(admin, `/api/v1/keys/${key.id}`, { method: 'DELETE' })).json()).toMatchObject({
      revokedBy: { kind: 'key', displayName: 'cohort' },
    });
    expect((await call(secret, '/api/v1/models')).status).toBe(401);
    expect(await codeOf(call(admin, '/api/v1/keys/000000000000', { method: 'DELETE' }))).toBe('key-not-found');
    expect(await codeOf(call(secret, '/api/v1/keys'))).toBe('credential-invalid');
  });
});
