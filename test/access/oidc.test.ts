import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountView } from '../../server/contract/account.js';
import type { Problem } from '../../server/contract/problem.js';
import { type SmallApplication, smallApplication } from '../../server/src/cli/app/smallApplication.testSupport.js';
import { type Browserless, browserless } from './browserless.js';
import { settingsOf, startOpenIdProvider, type TestProvider } from './openIdProvider.js';

/** Another server on this machine, in whose viewer the panel is. */
const viewer = 'http://127.0.0.1:8042';

let provider: TestProvider;
let application: SmallApplication;
const reported: string[] = [];

beforeAll(async () => {
  provider = await startOpenIdProvider({
    ada: { name: 'Ada Löwe', roles: ['researcher'] },
    bob: { name: 'Bob', roles: ['something else'] },
  });
  // The provider is down when the server starts.
  await provider.stop();
  const settings = { ...settingsOf(provider), PROMPTSEG_VIEWER_ORIGINS: viewer };
  application = await smallApplication(settings, async (event, { displayName }) => {
    reported.push(`${event} ${displayName}`);
  });
  provider.register(application.url);
});
afterAll(async () => {
  await application?.close();
  await provider?.stop();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(application.url + path, { headers, redirect: 'manual' });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const problemOf = async (response: Response): Promise<Problem> => (await response.json()) as Problem;
/** What a script of a page asks for. */
const ask = (client: Browserless, path: string): Promise<Response> =>
  client.request(application.url + path, { headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' } });
/** Tokens are renewed 15 s before they expire. Those of one second were invalid before a busy machine had read them. */
const expiresAtOnce = 10;
const account = async (client: Browserless) => (await (await ask(client, '/api/v1/account')).json()) as AccountView;

describe('a provider that is down', () => {
  it('keeps nobody from starting the server, and is said to be away where it is needed', async () => {
    expect((await get('/healthz')).status).toBe(200);
    const page = await browserless().request(`${application.url}/auth/sign-in`, {
      headers: { 'accept-language': 'de' },
    });
    expect([page.status, await page.text()]).toEqual([
      503,
      expect.stringContaining('Der Anmeldedienst antwortet nicht'),
    ]);
    const asked = await get('/api/v1/models', bearer(await provider.sign()));
    expect([asked.status, (await problemOf(asked)).code]).toEqual([503, 'sign-in-unavailable']);
    await provider.start();
    expect((await get('/api/v1/models', bearer(await provider.sign()))).status).toBe(200);
  });
});

describe('a person', () => {
  let client: Browserless;
  beforeEach(() => {
    client = browserless();
    provider.lifetimeSeconds = 600;
  });

  it('who follows a link to a study signs in, arrives at the study, and is known', async () => {
    const link = `${application.url}/viewer?StudyInstanceUIDs=1.2.3&SeriesInstanceUIDs=1.2.3.4`;
    const arrived = await client.signIn(link, 'ada');
    expect(client.visited.at(-1)).toBe(link);
    expect(await arrived.text()).toContain('OHIF');
    expect(await account(client)).toEqual({
      kind: 'user',
      subject: 'ada',
      displayName: 'Ada Löwe',
      scopes: expect.arrayContaining(['images:read', 'jobs:write']),
      signIn: '/auth/sign-in',
      signOut: { method: 'POST', address: '/auth/sign-out' },
    });
    expect(reported).toContain('logged-in Ada Löwe');
  });

  it('is known in the viewer of a server that settings name, by the same cookie, and in no other page', async () => {
    await client.signIn(`${application.url}/auth/sign-in`, 'ada');
    const from = (origin: string, method = 'GET', path = '/api/v1/account') =>
      client.request(application.url + path, {
        method,
        headers: { origin, 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-site' },
      });
    const known = await from(viewer);
    expect([
      known.headers.get('access-control-allow-origin'),
      known.headers.get('access-control-allow-credentials'),
    ]).toEqual([viewer, 'true']);
    expect(await known.json()).toMatchObject({ kind: 'user', subject: 'ada' });
    // A job that does not exist: the change has passed the log-in.
    const job = '/api/v1/segmentations/0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11';
    expect((await from(viewer, 'DELETE', job)).status).toBe(404);
    const [cookie] = client.cookies.get('127.0.0.1')!;
    const events = await get('/api/v1/segmentations/events', { origin: viewer, cookie: cookie!.join('=') });
    expect([events.status, events.headers.get('access-control-allow-origin')]).toEqual([200, viewer]);
    await events.body?.cancel();
    for (const other of ['http://127.0.0.1:8043', 'http://localhost:8042'])
      for (const [method, path] of [
        ['GET', '/api/v1/account'],
        ['DELETE', job],
      ] as const)
        expect([other, method, (await from(other, method, path)).status]).toEqual([other, method, 403]);
    expect((await from(viewer, 'POST', '/auth/sign-out')).status).toBe(403);
    // Nobody's plugins are nobody's secret, and a page that loads them sends no cookie.
    expect((await get('/plugins/segment-by-text.js', { origin: viewer })).status).toBe(200);
    expect((await get('/api/v1/segmentations', { origin: viewer })).status).toBe(401);
  });

  it('is known by a cookie that no script reads, that lasts as the session, and that holds no token', async () => {
    await client.open(`${application.url}/jobs`);
    await client.signIn(`${application.url}/auth/sign-in?to=/viewer`, 'ada');
    const callback = client.visited.findLast((address) => address.includes('/auth/callback'))!;
    expect(new URL(callback).searchParams.has('code')).toBe(true);
    const [name, value] = [...client.cookies.get('127.0.0.1')!].find(([each]) => /^promptseg-\d+$/.test(each))!;
    expect([name, value]).toEqual([`promptseg-${new URL(application.url).port}`, expect.stringMatching(/^[\w-]{43}$/)]);
    const { rows } = await application.jobs.database.executeSql('SELECT * FROM promptseg.sessions');
    // With what is around them: three letters alone occur in a ciphertext now and then.
    expect(JSON.stringify(rows)).not.toMatch(/Ada L|"ada\\*"|eyJ[\w-]+\.eyJ/);
    expect(JSON.stringify(rows)).not.toContain(value);
  });

  it('is sent nowhere else after the sign-in', async () => {
    for (const to of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
      const other = browserless();
      await other.signIn(`${application.url}/auth/sign-in?to=${encodeURIComponent(to)}`, 'ada');
      expect(other.visited.at(-1)).toBe(`${application.url}/`);
    }
  });

  it('who follows a link that no cookie holds signs in, and arrives at the home page', async () => {
    const long = `${application.url}/viewer?StudyInstanceUIDs=${'1.2.840.99,'.repeat(400)}`;
    expect((await client.signIn(long, 'ada')).status).toBe(200);
    expect(client.visited.at(-1)).toBe(`${application.url}/`);
  });

  it('has a session of their own, whatever cookie was in the browser before', async () => {
    const name = `promptseg-${new URL(application.url).port}`;
    const attacker = browserless();
    await attacker.signIn(`${application.url}/`, 'bob');
    const planted = attacker.cookies.get('127.0.0.1')!.get(name)!;
    for (const value of [planted, 'A'.repeat(43)]) {
      const victim = browserless();
      victim.cookies.set('127.0.0.1', new Map([[name, value]]));
      await victim.signIn(`${application.url}/auth/sign-in?to=/jobs`, 'ada');
      expect((await account(victim)).displayName).toBe('Ada Löwe');
      expect(victim.cookies.get('127.0.0.1')!.get(name)).not.toBe(value);
    }
    // Who knows it is neither Ada nor signed in any more.
    expect(await problemOf(await ask(attacker, '/api/v1/models'))).toMatchObject({ code: 'session-over' });
  });

  it('without a role may open nothing, and learns why', async () => {
    const page = await client.signIn(`${application.url}/jobs`, 'bob');
    expect([page.status, await page.text()]).toEqual([403, expect.stringContaining('Not permitted')]);
    const asked = await ask(client, '/api/v1/models');
    expect([asked.status, await problemOf(asked)]).toEqual([
      403,
      expect.objectContaining({ code: 'not-permitted', detail: 'The account “Bob” has no role in Promptseg.' }),
    ]);
  });

  it('may do what the role allows, and no more', async () => {
    await client.signIn(`${application.url}/`, 'ada');
    const own = { origin: application.url, 'content-type': 'application/json' };
    const body = JSON.stringify({ studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', prompts: ['bone'] });
    const made = await client.request(`${application.url}/api/v1/segmentations`, {
      method: 'POST',
      headers: own,
      body,
    });
    expect([made.status, await made.json()]).toMatchObject([202, { createdBy: { kind: 'user', subject: 'ada' } }]);
    const rule = await client.request(`${application.url}/api/v1/rules/x`, { method: 'DELETE', headers: own });
    expect(await problemOf(rule)).toMatchObject({
      status: 403,
      code: 'not-permitted',
      details: { scope: 'rules:write' },
    });
    expect((await ask(client, '/metrics')).status).toBe(403);
  });

  it('changes nothing by a request with the cookie that does not say from which page it comes', async () => {
    await client.signIn(`${application.url}/`, 'ada');
    const body = '{}';
    const headers = { 'content-type': 'application/json' };
    const silent = await client.request(`${application.url}/api/v1/segmentations`, { method: 'POST', headers, body });
    expect(await problemOf(silent)).toMatchObject({ status: 403, code: 'origin-missing' });
    const foreign = { ...headers, origin: 'http://evil.example' };
    const crossed = await client.request(`${application.url}/api/v1/segmentations`, {
      method: 'POST',
      headers: foreign,
      body,
    });
    expect(crossed.status).toBe(403);
    const signOut = await client.request(`${application.url}/auth/sign-out`, { method: 'POST' });
    expect([signOut.status, (await account(client)).displayName]).toEqual([403, 'Ada Löwe']);
  });

  it('signs out here and at the provider, and the cookie is good for nothing after that', async () => {
    await client.signIn(`${application.url}/`, 'ada');
    const before = new Map(client.cookies.get('127.0.0.1'));
    const out = await client.request(`${application.url}/auth/sign-out`, {
      method: 'POST',
      headers: { origin: application.url },
    });
    const { location } = (await out.json()) as { location: string };
    expect(new URL(location).origin).toBe(provider.issuer);
    expect((await get(new URL(location).pathname)).status).not.toBe(200);
    client.cookies.set('127.0.0.1', before);
    const asked = await ask(client, '/api/v1/models');
    expect(await problemOf(asked)).toMatchObject({ status: 401, code: 'session-over' });
    expect(reported).toContain('logged-out Ada Löwe');
  });

  it('whose session is over still gets the code of an open page and viewer, and nothing else', async () => {
    await client.signIn(`${application.url}/`, 'ada');
    await application.jobs.database.executeSql(`UPDATE promptseg.sessions SET ends_at = now() - interval '1 second'`);
    const status = async (path: string) => [path, (await ask(client, path)).status];
    // The small viewer of this test has no such files.
    for (const path of ['/2623.css', '/a34f9d1faa5f3315.woff2', '/assets/logo.svg'])
      expect(await status(path)).toEqual([path, 404]);
    for (const path of ['/plugins/segment-by-text.js', '/jobs/jobs.js', '/jobs/jobs.css'])
      expect(await status(path)).toEqual([path, 200]);
    for (const path of [
      '/app-config.js',
      '/api/api.js',
      '/API/api.js',
      '/dicom-web/a.css',
      '/metrics/x.js',
      '/rules.js/x',
    ])
      expect(await status(path)).toEqual([path, 401]);
  });

  it('goes on with new tokens when the old ones expire, however many requests come at once', async () => {
    provider.lifetimeSeconds = expiresAtOnce;
    await client.signIn(`${application.url}/`, 'ada');
    const asked = await Promise.all(Array.from({ length: 8 }, () => ask(client, '/api/v1/models')));
    expect(asked.map(({ status }) => status)).toEqual(Array(8).fill(200));
    provider.people.set('ada', { name: 'Ada Löwe', roles: ['viewer'] });
    const { scopes } = await account(client);
    provider.people.set('ada', { name: 'Ada Löwe', roles: ['researcher'] });
    expect(scopes).not.toContain('jobs:write');
  });

  it('is out once the provider takes its tokens back, and a page goes to the sign-in', async () => {
    provider.lifetimeSeconds = expiresAtOnce;
    await client.signIn(`${application.url}/`, 'ada');
    provider.forgetAll();
    const asked = await ask(client, '/api/v1/models');
    expect(await problemOf(asked)).toMatchObject({ status: 401, code: 'session-over' });
    const page = await client.request(`${application.url}/jobs?study=1.2`);
    expect([page.status, page.headers.get('location')]).toEqual([302, '/auth/sign-in?to=%2Fjobs%3Fstudy%3D1.2']);
  });

  it('is asked to wait, and not signed out, while the provider is down', async () => {
    provider.lifetimeSeconds = expiresAtOnce;
    await client.signIn(`${application.url}/`, 'ada');
    await provider.stop();
    const away = await ask(client, '/api/v1/models');
    await provider.start();
    expect(await problemOf(away)).toMatchObject({ status: 503, code: 'sign-in-unavailable', transient: true });
    expect((await ask(client, '/api/v1/models')).status).toBe(200);
  });

  it('with the cookie of another installation is not known here', async () => {
    const name = `promptseg-${new URL(application.url).port}`;
    for (const value of ['A'.repeat(43), '', 'x', '%00', 'A'.repeat(5000)]) {
      const asked = await get('/api/v1/models', { cookie: `${name}=${value}` });
      expect(asked.status).toBe(401);
    }
  });

  it('whose session lasted too long is out', async () => {
    await client.signIn(`${application.url}/`, 'ada');
    await application.jobs.database.executeSql(`UPDATE promptseg.sessions SET ends_at = now() - interval '1 second'`);
    expect((await ask(client, '/api/v1/models')).status).toBe(401);
  });
});

describe('a sign-in', () => {
  it('is good once: neither the code nor the state is taken again', async () => {
    const client = browserless();
    await client.signIn(`${application.url}/`, 'ada');
    const callback = client.visited.findLast((address) => address.includes('/auth/callback'))!;
    const again = await client.request(callback);
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining('The sign-in failed')]);
  });

  it('that another browser has begun is not finished here', async () => {
    const victim = browserless();
    const attacker = browserless();
    await attacker.signIn(`${application.url}/`, 'ada');
    const callback = attacker.visited.findLast((address) => address.includes('/auth/callback'))!;
    expect((await victim.request(callback)).status).toBe(400);
    expect(victim.cookies.get('127.0.0.1')?.size ?? 0).toBe(0);
  });

  it.each(['?code=x&state=y', '?error=access_denied', '', '?state=', '?code=a&code=b&state=c'])(
    'that comes back as /auth/callback%s fails',
    async (query) => {
      expect((await get(`/auth/callback${query}`, { accept: 'application/json' })).status).toBe(400);
    },
  );

  it('with a code that the provider never gave fails, and begins again', async () => {
    const client = browserless();
    await client.open(`${application.url}/auth/sign-in`);
    const asked = new URL(client.visited.find((address) => address.startsWith(`${provider.issuer}/auth`))!);
    const state = asked.searchParams.get('state')!;
    expect(asked.searchParams.get('code_challenge_method')).toBe('S256');
    const iss = encodeURIComponent(provider.issuer);
    const failed = await client.request(`${application.url}/auth/callback?code=made-up&state=${state}&iss=${iss}`);
    expect([failed.status, await failed.text()]).toEqual([400, expect.stringContaining('href="/auth/sign-in"')]);
  });
});

describe('a person who is not signed in', () => {
  it.each([
    '/api/v1/models',
    '/api/v1/segmentations',
    '/dicom-web/studies',
    '/metrics',
    '/ups-rs/workitems',
    '/app-config.js',
    '/api/v1/openapi.json',
  ])('gets nothing at %s but the challenge', async (path) => {
    const refused = await get(path, {
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-dest': 'empty',
    });
    expect([refused.status, await problemOf(refused)]).toEqual([
      401,
      expect.objectContaining({ code: 'sign-in-needed' }),
    ]);
  });

  it('finds the server alive and ready, and nothing of its inside', async () => {
    expect(await (await get('/readyz')).json()).toEqual({ ready: true });
    expect(await (await get('/api/v1/account')).json()).toEqual({
      kind: 'nobody',
      subject: 'nobody',
      displayName: 'Not signed in',
      scopes: [],
      signIn: '/auth/sign-in',
    });
  });
});
