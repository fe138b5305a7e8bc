import { type RequestHandler, Router } from 'express';
import { principalOf } from '../http/principalOf.js';
import { PromptsegError } from '../platform/errors.js';
import type { Principal, Scope } from '../values/principal.js';

/**
 * What a request needs.
 *
 * `open`: nothing, not even a sign-in. `signed-in`: any scope. `ofOwn`: enough for the person who requested the job, or
 * made the edit.
 */
export type Need = 'open' | 'signed-in' | Scope | { readonly scope: Scope; readonly ofOwn: Scope };

export type RouteNeed = readonly [method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, need: Need];

const ownResult: Need = { scope: 'results:delete', ofOwn: 'jobs:write' };

/**
 * Every route with its scope, in Express' own notation; the first match counts. A route without a match does not exist
 * for anybody: `cli/app/routeScopes.test.ts` fails for a route without a line.
 */
export const routeNeeds: readonly RouteNeed[] = [
  ['GET', '/healthz', 'open'],
  ['GET', '/readyz', 'open'],
  ['GET', '/metrics', 'metrics'],
  ['GET', '/auth/sign-in', 'open'],
  ['GET', '/auth/callback', 'open'],
  ['POST', '/auth/sign-out', 'open'],
  ['GET', '/auth/signed-out', 'open'],

  // Nothing but code. A viewer of another server loads it, and browsers send no cookie with such a request.
  ['GET', '/plugins/{*file}', 'open'],

  ['GET', '/dicom-web/{*path}', 'images:read'],
  ['POST', '/dicom-web/{*path}', 'images:store'],

  // Says that nobody is signed in, and how to sign in.
  ['GET', '/api/v1/account', 'open'],
  ['GET', '/api', 'signed-in'],
  ['GET', '/api/api.js', 'signed-in'],
  ['GET', '/api/api.css', 'signed-in'],
  ['GET', '/api/v1/openapi.json', 'signed-in'],
  ['GET', '/api/v1/keys', 'keys'],
  ['POST', '/api/v1/keys', 'keys'],
  ['DELETE', '/api/v1/keys/:id', 'keys'],

  ['GET', '/api/v1/segmentations', 'jobs:read'],
  ['POST', '/api/v1/segmentations', 'jobs:write'],
  ['POST', '/api/v1/refinements', 'jobs:write'],
  ['GET', '/api/v1/drafts', 'jobs:read'],
  ['POST', '/api/v1/drafts', 'jobs:write'],
  ['GET', '/api/v1/drafts/:draft', 'jobs:write'],
  ['DELETE', '/api/v1/drafts/:draft', 'jobs:write'],
  ['GET', '/api/v1/drafts/:draft/events', 'jobs:write'],
  ['GET', '/api/v1/drafts/:draft/mask', 'jobs:write'],
  ['POST', '/api/v1/drafts/:draft/clicks', 'jobs:write'],
  ['DELETE', '/api/v1/drafts/:draft/clicks/last', 'jobs:write'],
  ['PUT', '/api/v1/drafts/:draft/neighbours', 'jobs:write'],
  ['POST', '/api/v1/drafts/:draft/accept', 'jobs:write'],
  ['GET', '/api/v1/segmentations/events', 'jobs:read'],
  ['GET', '/api/v1/segmentations/:id', 'jobs:read'],
  ['DELETE', '/api/v1/segmentations/:id', 'jobs:write'],
  ['GET', '/api/v1/segmentations/:id/events', 'jobs:read'],
  ['POST', '/api/v1/segmentations/:id/rerun', 'jobs:write'],
  ['GET', '/api/v1/segmentations/:id/priors', 'jobs:read'],
  ['POST', '/api/v1/segmentations/:id/comparisons', 'jobs:write'],
  ['GET', '/api/v1/segmentations/:id/comparisons/:earlier', 'jobs:read'],
  ['GET', '/api/v1/segmentations/:id/comparisons/:earlier/table.csv', 'jobs:read'],
  ['GET', '/api/v1/segmentations/:id/comparisons/:earlier/report', 'jobs:read'],
  ['GET', '/api/v1/segmentations/:id/picture.png', 'jobs:read'],
  ['GET', '/api/v1/segmentations/:id/measurements.csv', 'jobs:read'],
  ['GET', '/api/v1/segmentations/:id/export/segmentation', 'jobs:read'],
  ['GET', '/api/v1/segmentations/:id/export/rt-structure-set', 'jobs:read'],
  ['GET', '/api/v1/segmentations/:id/export/secondary-capture', 'jobs:read'],
  ['GET', '/api/v1/segmentations/:id/export/presentation-state', 'jobs:read'],
  ['GET', '/api/v1/segmentations/:id/export/report', 'jobs:read'],
  ['GET', '/api/v1/segmentations/:id/export/fhir', 'jobs:read'],
  ['DELETE', '/api/v1/segmentations/:id/result', ownResult],
  ['DELETE', '/api/v1/segmentations/:id/record', 'records:erase'],
  ['POST', '/api/v1/segmentations/:id/edited', 'jobs:write'],
  ['DELETE', '/api/v1/segmentations/:id/edited/:uid', ownResult],
  ['PUT', '/api/v1/segmentations/:id/feedback', 'jobs:write'],
  ['PUT', '/api/v1/segmentations/:id/feedback/:findingIndex', 'jobs:write'],
  ['DELETE', '/api/v1/segmentations/:id/feedback/:findingIndex', 'jobs:write'],
  ['POST', '/api/v1/segmentations/:id/deliveries/:destination/retry', 'rules:write'],
  ['GET', '/api/v1/feedback.csv', 'jobs:read'],
  ['GET', '/api/v1/studies/:study/series/:series/stacks', 'jobs:read'],
  ['GET', '/api/v1/queue', 'jobs:read'],
  ['GET', '/api/v1/workers', 'jobs:read'],
  ['GET', '/api/v1/destinations', 'jobs:read'],
  ['GET', '/api/v1/webhooks', 'rules:read'],
  ['GET', '/api/v1/models', 'jobs:read'],
  ['GET', '/api/v1/models/:id', 'jobs:read'],
  ['GET', '/api/v1/models/:id/vocabulary', 'jobs:read'],
  ['GET', '/api/v1/structures', 'jobs:read'],
  ['POST', '/api/v1/prompts/resolve', 'jobs:read'],
  ['POST', '/api/v1/prompts/suggest', 'jobs:read'],
  ['GET', '/api/v1/prompt-sets', 'jobs:read'],
  ['POST', '/api/v1/prompt-sets', 'jobs:write'],
  ['PUT', '/api/v1/prompt-sets/:id', 'jobs:write'],
  ['DELETE', '/api/v1/prompt-sets/:id', 'jobs:write'],

  ['GET', '/api/v1/rules', 'rules:read'],
  ['PUT', '/api/v1/rules', 'rules:write'],
  ['POST', '/api/v1/rules', 'rules:write'],
  ['GET', '/api/v1/rules/feed', 'rules:read'],
  ['GET', '/api/v1/rules/counts', 'rules:read'],
  ['GET', '/api/v1/rules/parked', 'rules:read'],
  ['POST', '/api/v1/rules/parked/:series/release', 'rules:write'],
  ['POST', '/api/v1/rules/backfills', 'rules:write'],
  ['GET', '/api/v1/rules/backfills', 'rules:read'],
  ['GET', '/api/v1/rules/backfills/studies', 'rules:write'],
  ['GET', '/api/v1/rules/backfills/:id', 'rules:read'],
  ['DELETE', '/api/v1/rules/backfills/:id', 'rules:write'],
  ['POST', '/api/v1/rules/validate', 'rules:read'],
  // A dry run of an unsaved rule can query a patient's attributes, so it is for those who may change rules.
  ['POST', '/api/v1/rules/test', 'rules:write'],
  ['POST', '/api/v1/rules/recent-matches', 'rules:write'],
  ['GET', '/api/v1/rules/:name', 'rules:read'],
  ['PUT', '/api/v1/rules/:name', 'rules:write'],
  ['DELETE', '/api/v1/rules/:name', 'rules:write'],
  ['GET', '/api/v1/rules/:name/versions', 'rules:read'],
  ['GET', '/api/v1/rules/:name/history', 'rules:read'],
  ['POST', '/api/v1/rules/:name/test', 'rules:read'],
  ['GET', '/api/v1/rules/:name/recent-matches', 'rules:read'],

  ['GET', '/api/v1/audit', 'audit:read'],
  ['GET', '/api/v1/audit/rows', 'audit:read'],
  ['GET', '/api/v1/audit/verification', 'audit:read'],

  // Each tool needs a scope of its own besides; `mcp/tools/` says which.
  ['POST', '/mcp', 'jobs:read'],
  ['GET', '/mcp', 'jobs:read'],
  ['DELETE', '/mcp', 'jobs:read'],
  ['GET', '/mcp/open/:link', 'images:read'],
  ['GET', '/.well-known/oauth-protected-resource', 'open'],
  ['GET', '/.well-known/oauth-protected-resource/mcp', 'open'],

  ['POST', '/ups-rs/workitems', 'workitems'],
  ['GET', '/ups-rs/workitems', 'workitems'],
  ['GET', '/ups-rs/workitems/:uid', 'workitems'],
  ['POST', '/ups-rs/workitems/:uid', 'workitems'],
  ['PUT', '/ups-rs/workitems/:uid/state', 'workitems'],
  ['POST', '/ups-rs/workitems/:uid/cancelrequest', 'workitems'],
];

/** The need of a route; undefined if the table has no line for it. @param path as in Express or as in OpenAPI */
export const needOf = (method: string, path: string): Need | undefined =>
  routeNeeds.find(([each, pattern]) => each === method && shapeOf(pattern) === shapeOf(path))?.[2];

/** A path without the names of its parameters. */
const shapeOf = (path: string): string => path.replaceAll(/:\w+|\{\w+\}/g, ':');

/** Below these, only the lines above count. */
export const closedFolders = ['/api', '/ups-rs', '/mcp', '/.well-known', '/dicom-web', '/auth', '/metrics'] as const;

/**
 * Scripts, styles, fonts and pictures of the pages and the viewer: the same for everybody, so they need no sign-in. A
 * tab that is still loading when its session ends can say so: OHIF shows a blank page if a part of it is refused. The
 * viewer's configuration depends on the account.
 */
const codeFiles = /^\/(?!app-config\.js$).*\.(?:css|m?js|wasm|woff2?|ttf|svg|png|ico|webmanifest)$/i;

export const isCodeFile = (path: string): boolean =>
  codeFiles.test(path) && !closedFolders.some((folder) => path.toLowerCase().startsWith(`${folder}/`));

/** The pages and the viewer: every other address that is read. */
const pages: RouteNeed = ['GET', '/{*page}', 'signed-in'];

/** Allowed only on one's own; `guardJobs.ts` checks the owner. */
const onlyOwn = new WeakSet<object>();
export const mayOnlyOwn = (request: object): boolean => onlyOwn.has(request);

/**
 * Lets a request pass if its principal has the scope of its route. It runs after authentication and before every route.
 *
 * The lines are routes of a separate router, so an address means the same here and in its handler.
 */
export function requireScope(): RequestHandler {
  const table = Router();
  for (const [method, path, need] of routeNeeds) table[lowerCase(method)](path, check(need));
  for (const folder of closedFolders) table.all([folder, `${folder}/{*path}`], refuse);
  table.get(pages[1], (request, response, next) =>
    check(isCodeFile(request.path) ? 'open' : pages[2])(request, response, next),
  );
  table.use(refuse);
  return table;
}

const lowerCase = (method: RouteNeed[0]) => method.toLowerCase() as Lowercase<RouteNeed[0]>;

const refuse: RequestHandler = () => {
  throw new PromptsegError('not-found', 'There is nothing at this address.');
};

function check(need: Need): RequestHandler {
  return (request, _response, next) => {
    if (need !== 'open') {
      const principal = principalOf(request);
      if (typeof need === 'object' && !principal.scopes.has(need.scope)) {
        requireOne(principal, need.ofOwn);
        onlyOwn.add(request);
      } else requireOne(principal, typeof need === 'object' ? need.scope : need);
    }
    next('router');
  };
}

function requireOne(principal: Principal, need: Exclude<Need, object | 'open'>): void {
  if (need === 'signed-in' ? principal.scopes.size > 0 : principal.scopes.has(need)) return;
  if (principal.kind === 'nobody')
    throw new PromptsegError('sign-in-needed', 'This needs a sign-in, or a request with a key or token.');
  throw new PromptsegError(
    'not-permitted',
    principal.scopes.size === 0
      ? `The account ${quoted(principal)} has no role in Promptseg.`
      : `${principal.kind === 'key' ? 'The key' : 'The account'} ${quoted(principal)} may not do this: it needs ` +
          `the scope ${need}.`,
    { details: { scope: need } },
  );
}

const quoted = ({ displayName }: Principal): string => `“${displayName}”`;
