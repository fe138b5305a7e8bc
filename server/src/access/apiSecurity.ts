import type { ApiSecurity, OperationSecurity } from '../http/openApi.js';
import type { Need } from './scopes.js';
import { needOf } from './scopes.js';
import type { LogIn } from './settings.js';

/** How a program or a page authenticates, by the mode of the log-in. */
const schemesOf = {
  none: () => ({}),
  oidc: () => ({
    bearer: {
      ...bearer,
      description: 'An API key (`psk_…`), or a token of the OpenID provider for PROMPTSEG_OIDC_AUDIENCE.',
    },
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: '__Host-promptseg',
      description: 'Used by pages after sign-in at `/auth/sign-in`; `promptseg-PORT` over plain HTTP.',
    },
  }),
  proxy: ({ userHeader }: Extract<LogIn, { mode: 'proxy' }>) => ({
    bearer: { ...bearer, description: 'An API key (`psk_…`).' },
    proxy: {
      type: 'apiKey',
      in: 'header',
      name: userHeader,
      description: 'Set by the proxy that signs people in; refused from anybody else.',
    },
  }),
} as const;
const bearer = { type: 'http', scheme: 'bearer' } as const;

/** The table of scopes in the terms of OpenAPI. */
export function apiSecurity(logIn: LogIn): ApiSecurity {
  const schemes: ApiSecurity['schemes'] = logIn.mode === 'proxy' ? schemesOf.proxy(logIn) : schemesOf[logIn.mode]();
  return {
    schemes,
    ofRoute({ method, path }) {
      const need = needOf(method.toUpperCase(), `/api/v1${path}`);
      if (need === undefined) throw new Error(`no scope for ${method} ${path}`);
      const alternatives = scopesFor(need);
      return {
        description: describe(need),
        // Without a log-in there is no scheme to require.
        security: alternatives.flatMap((scopes) => Object.keys(schemes).map((scheme) => ({ [scheme]: [...scopes] }))),
      };
    },
  };
}

/** Alternatives, each of which is enough; an empty one means any scope. */
function scopesFor(need: Need): readonly (readonly string[])[] {
  if (need === 'open') return [];
  if (need === 'signed-in') return [[]];
  return typeof need === 'string' ? [[need]] : [[need.scope], [need.ofOwn]];
}

function describe(need: Need): OperationSecurity['description'] {
  if (need === 'open') return 'Open to everybody.';
  if (need === 'signed-in') return 'Any scope.';
  return typeof need === 'string'
    ? `Scope: \`${need}\`.`
    : `Scope: \`${need.scope}\`; \`${need.ofOwn}\` for one’s own.`;
}
