import { accountViewSchema } from '#contract/account.js';
import { principalOf } from '../http/principalOf.js';
import { type Route, route } from '../http/route.js';
import type { AccessSettings } from './settings.js';

/** `/account`: the signed-in account, for the pages and the panel. */
export function accountRoutes({ logIn }: Pick<AccessSettings, 'logIn'>): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/account',
      operationId: 'getAccount',
      summary: 'The account of the request, its rights, and where to sign in and out',
      responses: { 200: { description: 'The account', schema: accountViewSchema } },
      handler({ request, response, send }) {
        const { kind, subject, displayName, scopes } = principalOf(request);
        const isPerson = kind === 'user';
        response.set('Cache-Control', 'no-store');
        send(200, {
          kind,
          subject,
          displayName,
          scopes: [...scopes],
          ...(logIn.mode === 'oidc' && { signIn: '/auth/sign-in' }),
          ...(logIn.mode === 'oidc' && isPerson && { signOut: { method: 'POST', address: '/auth/sign-out' } }),
          ...(logIn.mode === 'proxy' &&
            isPerson &&
            logIn.signOutUrl !== undefined && { signOut: { method: 'GET', address: logIn.signOutUrl } }),
          ...(logIn.mode === 'none' && logIn.insecure && { withoutLogIn: true }),
        });
      },
    }),
  ];
}
