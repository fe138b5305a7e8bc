import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { Problem } from '../../server/contract/problem.js';
import { createOpenIdProvider } from '../../server/src/access/openIdProvider.js';
import { readAccessSettings } from '../../server/src/access/settings.js';
import { type SmallApplication, smallApplication } from '../../server/src/cli/app/smallApplication.testSupport.js';
import { browserless } from './browserless.js';
import {
  audience,
  clientId,
  clientSecret,
  settingsOf,
  startOpenIdProvider,
  type TestProvider,
} from './openIdProvider.js';

let provider: TestProvider;
let application: SmallApplication;

beforeAll(async () => {
  provider = await startOpenIdProvider({ ada: { name: 'Ada Löwe', roles: ['researcher'] } });
  application = await smallApplication(settingsOf(provider));
  provider.register(application.url);
});
afterAll(async () => {
  await application?.close();
  await provider?.stop();
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(application.url + path, { headers });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const problemOf = async (response: Response): Promise<Problem> => (await response.json()) as Problem;

describe('a token of a program', () => {
  it('opens the API for what its roles allow', async () => {
    const token = await provider.sign();
    expect((await get('/api/v1/models', bearer(token))).status).toBe(200);
    const post = await fetch(`${application.url}/api/v1/segmentations`, { method: 'POST', headers: bearer(token) });
    expect(post.status).toBe(403);
  });

  const seconds = (): number => Math.floor(Date.now() / 1000);
  it.each([
    ['has expired', () => provider.sign({ exp: seconds() - 120 })],
    ['is not valid yet', () => provider.sign({ nbf: seconds() + 120 })],
    ['never expires', () => provider.sign({ exp: undefined })],
    ['is for another audience', () => provider.sign({ aud: 'https://other.example' })],
    ['is an ID token', () => provider.sign({ aud: clientId })],
    ['is of another issuer', () => provider.sign({ iss: 'https://other.example' })],
    ['names nobody', () => provider.sign({ sub: undefined })],
    [
      'was altered',
      async () => {
        const [head, body, signature] = (await provider.sign()).split('.');
        const claims = JSON.parse(Buffer.from(body!, 'base64url').toString());
        return [
          head,
          Buffer.from(JSON.stringify({ ...claims, roles: ['administrator'] })).toString('base64url'),
          signature,
        ].join('.');
      },
    ],
    [
      'is not signed (alg none)',
      async () =>
        new UnsecuredJWT({ roles: ['administrator'] })
          .setIssuer(provider.issuer)
          .setAudience(audience)
          .setSubject('x')
          .setExpirationTime('5m')
          .encode(),
    ],
    [
      'is signed with a secret that somebody shares (HS256)',
      async () =>
        new SignJWT({ roles: ['administrator'] })
          .setProtectedHeader({ alg: 'HS256', kid: 'key of the test' })
          .setIssuer(provider.issuer)
          .setAudience(audience)
          .setSubject('x')
          .setExpirationTime('5m')
          .sign(Buffer.from(clientSecret.padEnd(32, '0'))),
    ],
    ['names a key that the provider has not', () => provider.sign({}, { kid: 'other' })],
    ['is no token', async () => 'abc'],
    ['has no JSON in its parts', async () => 'a.b.c'],
    ['has no object as its head', async () => 'bnVsbA.e30.aa'],
    ['has a signature that is not base64url', async () => `${(await provider.sign()).slice(0, -4)}+/=+`],
    ['has no signature', async () => (await provider.sign()).replace(/[^.]+$/, '')],
    ['has a list for a key id', () => provider.sign({}, { kid: ['key of the test'] })],
    [
      'is encrypted',
      async () => 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA',
    ],
    ['is empty', async () => ''],
  ])('that %s is refused', async (_what, make) => {
    const refused = await get('/api/v1/models', bearer(await make()));
    expect([refused.status, (await problemOf(refused)).code]).toEqual([401, 'credential-invalid']);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('that brings its own key is verified with the provider’s', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    const own = (header: Record<string, unknown>) =>
      new SignJWT({ roles: ['administrator'] })
        .setProtectedHeader({ alg: 'RS256', kid: 'key of the test', ...header })
        .setIssuer(provider.issuer)
        .setAudience(audience)
        .setSubject('x')
        .setExpirationTime('5m')
        .sign(privateKey);
    const asked: string[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/keys`;
    for (const header of [{}, { jwk }, { jku: url }, { x5u: url }, { jku: url, kid: 'other' }])
      expect((await get('/api/v1/models', bearer(await own(header)))).status).toBe(401);
    expect(asked).toEqual([]);
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  it('may be half a minute off the clock of the server, and no more', async () => {
    expect((await get('/api/v1/models', bearer(await provider.sign({ exp: seconds() - 15 })))).status).toBe(200);
    expect((await get('/api/v1/models', bearer(await provider.sign({ nbf: seconds() + 15 })))).status).toBe(200);
    expect((await get('/api/v1/models', bearer(await provider.sign({ exp: seconds() - 60 })))).status).toBe(401);
  });

  it.each([
    ['an error', (response: ServerResponse) => response.writeHead(500).end()],
    ['a page', (response: ServerResponse) => response.end('<html>')],
    ['nothing', (response: ServerResponse) => response.destroy()],
  ])('is not called wrong where the provider gives %s in place of its keys', async (_what, giveKeys) => {
    const server = createServer((request, response) => {
      if (request.url?.endsWith('/keys')) return void giveKeys(response);
      const { port } = server.address() as AddressInfo;
      const issuer = `http://127.0.0.1:${port}`;
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys`, token_endpoint: `${issuer}/token` }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const { logIn } = readAccessSettings(
      { host: '127.0.0.1', allowedHosts: [] },
      { ...settingsOf(provider), PROMPTSEG_OIDC_ISSUER: issuer.href },
    );
    const verified = createOpenIdProvider(logIn as Extract<typeof logIn, { mode: 'oidc' }>).verify(
      await provider.sign(),
    );
    await expect(verified).rejects.toMatchObject({ code: 'sign-in-unavailable' });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is verified with the keys that are known while the provider is down', async () => {
    const token = await provider.sign();
    expect((await get('/api/v1/models', bearer(token))).status).toBe(200);
    await provider.stop();
    const meanwhile = await get('/api/v1/models', bearer(token));
    const altered = await get('/api/v1/models', bearer(`${token.slice(0, -4)}AAAA`));
    await provider.start();
    expect([meanwhile.status, altered.status]).toEqual([200, 401]);
  });

  it('that is wrong is not made good by a cookie', async () => {
    const client = browserless();
    await client.signIn(`${application.url}/`, 'ada');
    const asked = await client.request(`${application.url}/api/v1/models`, { headers: bearer('abc') });
    expect(asked.status).toBe(401);
    expect((await get('/api/v1/models', { authorization: 'Basic YTpi' })).status).toBe(401);
  });
});
