import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Express } from 'express';
import { createApiKeys } from '../../access/apiKeys.js';
import { closedFolders, routeNeeds } from '../../access/scopes.js';
import { type Scope, scopes, system } from '../../values/principal.js';
import { type SmallApplication, smallApplication } from './smallApplication.testSupport.js';

/** What Express keeps of its routes. */
interface Layer {
  readonly rawPath?: string | readonly string[];
  readonly route?: { readonly path: string | readonly string[]; readonly methods: Record<string, boolean> };
  readonly handle: { readonly stack?: readonly Layer[] };
}

const paths = (path: string | readonly string[] | undefined): readonly string[] =>
  path === undefined ? [''] : [path].flat().map((each) => each.replace(/\/$/, ''));

/** Every route below a router, as method and path; `use` of a handler that is no router as USE and path. */
function walk(stack: readonly Layer[], prefix = ''): (readonly [method: string, path: string])[] {
  return stack.flatMap(({ rawPath, route, handle }) => {
    if (route !== undefined)
      return paths(route.path).flatMap((path) =>
        Object.keys(route.methods).map((method) => [method.toUpperCase(), prefix + path || '/'] as const),
      );
    return paths(rawPath).flatMap((path) =>
      handle.stack === undefined ? [['USE', prefix + path || '/'] as const] : walk(handle.stack, prefix + path),
    );
  });
}

interface OpenApi {
  readonly components: { readonly securitySchemes?: object };
  readonly paths: Record<string, Record<string, Operation>>;
}
interface Operation {
  readonly description: string;
  readonly security: readonly Record<string, readonly string[]>[];
}

async function documentOf(url: string, key?: string): Promise<OpenApi> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return (await (await fetch(`${url}/api/v1/openapi.json`, { headers })).json()) as OpenApi;
}

/** With paths as Express writes them. */
const operationsOf = ({ paths }: OpenApi) =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: `/api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      operation,
    })),
  );

/** Nobody asks it anything: keys are verified here. */
const oidc = {
  PROMPTSEG_AUTH: 'oidc',
  PROMPTSEG_OIDC_ISSUER: 'http://127.0.0.1:1',
  PROMPTSEG_OIDC_CLIENT_ID: 'promptseg',
};

/** Names of parameters mean nothing to a path. */
const shape = (path: string): string => path.replaceAll(/:\w+/g, ':');
const lines = new Set(routeNeeds.map(([method, path]) => `${method} ${shape(path)}`));
const isClosed = (path: string): boolean =>
  closedFolders.some((folder) => path === folder || path.startsWith(`${folder}/`));

let application: SmallApplication;
let routes: ReturnType<typeof walk>;
beforeAll(async () => {
  application = await smallApplication();
  const { stack } = (application.express as Express & { router: { stack: readonly Layer[] } }).router;
  // The table of scopes is made of routes itself; they send nothing.
  const ofTable = walk(stack).findIndex(([method, path]) => method === 'GET' && path === routeNeeds[0]![1]);
  routes = walk(stack)
    .toSpliced(ofTable, routeNeeds.length)
    .filter(([method]) => method !== '_ALL');
});
afterAll(() => application?.close());

describe('every route has a scope', () => {
  it('of those that Express knows, below what is closed', () => {
    const served = routes.filter(([method, path]) => method !== 'USE' && isClosed(path) && !path.includes('*'));
    expect(served.length).toBeGreaterThan(60);
    expect(served.filter(([method, path]) => !lines.has(`${method} ${shape(path)}`))).toEqual([]);
  });

  it('and every line of the table is that of a route', () => {
    const served = new Set(routes.map(([method, path]) => `${method} ${shape(path)}`));
    // The archive's addresses are the proxy's, plugins are files; the sign-in is there with a provider only.
    const elsewhere = /^(GET|POST) \/(dicom-web|auth|plugins)\//;
    expect([...lines].filter((line) => !served.has(line) && !elsewhere.test(line))).toEqual([]);
  });

  it('of those that the OpenAPI document describes', async () => {
    const described = operationsOf(await documentOf(application.url)).map(
      ({ method, path }) => `${method} ${shape(path)}`,
    );
    expect(described.length).toBeGreaterThan(40);
    expect(described.filter((line) => !lines.has(line))).toEqual([]);
  });

  it.each([
    ['without a log-in', {}, []],
    ['with an OpenID provider', oidc, ['bearer', 'session']],
    ['behind a proxy', { PROMPTSEG_AUTH: 'proxy', PROMPTSEG_TRUSTED_PROXIES: '192.0.2.1' }, ['bearer', 'proxy']],
  ])('the OpenAPI document says which scope each needs, and by what it is shown: %s', async (_, settings, schemes) => {
    const guarded = schemes.length === 0 ? application : await smallApplication(settings);
    try {
      const keys = createApiKeys(guarded.jobs.database);
      const made = new Map<string, Promise<{ readonly secret: string }>>();
      const keyWith = async (...having: readonly Scope[]): Promise<string> => {
        const name = having.join(' ');
        const expiresAt = new Date(Date.now() + 86_400_000);
        if (!made.has(name)) made.set(name, keys.create({ name: 'walk', scopes: having, expiresAt }, system));
        return (await made.get(name)!).secret;
      };
      const document = await documentOf(guarded.url, await keyWith('jobs:read'));
      expect(Object.keys(document.components.securitySchemes ?? {})).toEqual(schemes);
      const described = operationsOf(document);
      expect(described.length).toBeGreaterThan(45);
      for (const { method, path, operation } of described) {
        const [, , need] = routeNeeds.find((line) => line[0] === method && shape(line[1]) === shape(path))!;
        const alternatives =
          need === 'open'
            ? []
            : need === 'signed-in'
              ? [[]]
              : typeof need === 'string'
                ? [[need]]
                : [['results:delete'], ['jobs:write']];
        const expected = alternatives.flatMap((each) => schemes.map((scheme) => ({ [scheme]: each })));
        expect([method, path, operation.security]).toEqual([method, path, expected]);
        for (const scope of alternatives.flat()) expect(operation.description).toContain(`\`${scope}\``);
      }
      if (schemes.length === 0) return;
      // What the document says is what happens: a key with the scope gets further than one with all the others.
      for (const { method, path, operation } of described) {
        if (path.includes(':') || method !== 'GET') continue;
        const [scope] = (operation.security[0]?.bearer ?? []) as Scope[];
        const ask = async (key?: string): Promise<number> => {
          const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
          const response = await fetch(guarded.url + path, { headers });
          await response.body?.cancel();
          return response.status;
        };
        if (operation.security.length > 0) expect([path, await ask()]).toEqual([path, 401]);
        if (scope === undefined) continue;
        // 400 where it needs a query.
        expect([path, [200, 400].includes(await ask(await keyWith(scope)))]).toEqual([path, true]);
        expect([path, await ask(await keyWith(...scopes.filter((each) => each !== scope)))]).toEqual([path, 403]);
      }
    } finally {
      if (guarded !== application) await guarded.close();
    }
  });

  it.each([
    ['GET', '/api/v1/nothing'],
    ['GET', '/api/v2/segmentations'],
    ['PATCH', '/api/v1/rules'],
    ['DELETE', '/api/v1/segmentations'],
    ['PUT', '/dicom-web/studies'],
    ['DELETE', '/dicom-web/studies/1.2'],
    ['POST', '/jobs'],
    ['GET', '/auth/other'],
    ['GET', '/metrics/other'],
    ['POST', '/healthz'],
  ])('and what has none is not there, even without a log-in: %s %s', async (method, path) => {
    expect((await fetch(application.url + path, { method })).status).toBe(404);
  });
});
