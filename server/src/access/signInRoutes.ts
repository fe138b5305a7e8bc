import type { EventEmitter } from 'node:events';
import { type Request, Router } from 'express';
import { PromptsegError } from '../platform/errors.js';
import type { Actor } from '../values/principal.js';
import type { Cookies } from './cookies.js';
import { requireOwnOrigin } from './credentials.js';
import type { OpenIdProvider } from './openIdProvider.js';
import type { Sessions } from './sessions.js';
import { sendPage } from './signInPages.js';

/** Records sign-ins and sign-outs with their addresses. If that fails, they do not take place. */
export type SignInReport = (
  event: 'logged-in' | 'logged-out',
  actor: Actor,
  address: string | undefined,
) => Promise<void>;

/** `/auth/…`: sign-in at the provider, the return from it, and sign-out. */
export function signInRoutes({
  provider,
  sessions,
  cookies,
  sessionHours,
  originOf,
  ended,
  report,
}: {
  readonly provider: OpenIdProvider;
  readonly sessions: Sessions;
  readonly cookies: Cookies;
  readonly sessionHours: number;
  /** The origin under which a request arrived, `https://seg.example`. */
  readonly originOf: (request: Request) => string;
  readonly ended: EventEmitter;
  readonly report: SignInReport;
}): Router {
  const routes = Router();
  routes.use('/auth', (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });

  routes.get('/auth/sign-in', async (request, response) => {
    const to = pathWithin(request.query.to, originOf(request));
    const { address, attempt } = await provider.begin(`${originOf(request)}/auth/callback`);
    cookies.writeAttempt(response, { ...attempt, to });
    response.redirect(302, address.href);
  });

  routes.get('/auth/callback', async (request, response) => {
    const returned = new URL(request.originalUrl, originOf(request));
    const state = returned.searchParams.get('state') ?? '';
    const attempt = cookies.readAttempt(request, state);
    if (attempt === undefined)
      throw new PromptsegError(
        'sign-in-failed',
        'This sign-in was started in another browser, took too long or has ended already.',
      );
    // Once only: the address is useless to anyone who finds it in a history.
    cookies.clearAttempt(response, state);
    const signedIn = await provider.finish(returned, attempt);
    const endsAt = new Date(Date.now() + sessionHours * 3_600_000);
    await endPresent(request);
    await report('logged-in', actorOf(signedIn), request.ip);
    cookies.writeSession(response, await sessions.begin(signedIn, endsAt), endsAt);
    response.redirect(302, pathWithin(attempt.to, originOf(request)));
  });

  // A page sends it by script, so that the response can name the next page: the pages' policy forbids a form's redirect
  // to another origin.
  routes.post('/auth/sign-out', async (request, response) => {
    requireOwnOrigin(request);
    const signedIn = await endPresent(request);
    cookies.clearSession(response);
    const back = `${originOf(request)}/auth/signed-out`;
    const address = signedIn && (await provider.signOut(signedIn, back).catch(() => undefined));
    response.json({ location: address?.href ?? '/auth/signed-out' });
  });

  routes.get('/auth/signed-out', (request, response) =>
    sendPage(request, response, 200, 'signed-out', '/auth/sign-in'),
  );

  /** Ends the session of the browser here; its tokens are returned. */
  async function endPresent(request: Request) {
    const cookie = cookies.readSession(request);
    const session = cookie && (await sessions.find(cookie));
    if (!cookie || !session) return undefined;
    await report('logged-out', actorOf(session.signedIn), request.ip);
    await sessions.end(cookie);
    ended.emit(session.id);
    return session.signedIn;
  }

  return routes;
}

const actorOf = ({ subject, displayName }: { subject: string; displayName: string }): Actor => ({
  kind: 'user',
  subject,
  displayName,
});

/**
 * The next path on this server: an address on another server, in whatever form browsers accept, becomes the home page.
 */
export function pathWithin(to: unknown, origin: string): string {
  if (typeof to !== 'string' || !to.startsWith('/')) return '/';
  let target: URL;
  try {
    target = new URL(to, origin);
  } catch {
    return '/';
  }
  if (target.origin !== origin || target.pathname.startsWith('/auth/')) return '/';
  const path = `${target.pathname}${target.search}${target.hash}`;
  // `/.//host` is a local path to the parser, and `//host` to the reader of the result.
  return path.startsWith('//') ? '/' : path;
}
