import cors from 'cors';
import { type Request, type RequestHandler, Router } from 'express';

/** What the panel of another server's viewer needs; everything else stays closed to its page. */
const open = ['/api/v1', '/plugins'] as const;

/**
 * Whether a request comes from a page of one of `viewerOrigins`, as CORS, for something that those may use. An origin
 * is compared as browsers write it.
 */
export function comesFromViewer({ path, headers }: Request, viewerOrigins: readonly string[]): boolean {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const mode = headers['sec-fetch-mode'];
  return (
    origin !== undefined &&
    viewerOrigins.includes(origin) &&
    open.some((folder) => path.startsWith(`${folder}/`)) &&
    (site === undefined || site === 'same-site' || site === 'cross-site') &&
    (mode === undefined || mode === 'cors')
  );
}

/**
 * CORS for the pages of `viewerOrigins`, with credentials. It runs after the request guard and before authentication: a
 * preflight request has no credentials.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function allowViewers(viewerOrigins: readonly string[]): RequestHandler {
  const routes = Router();
  if (viewerOrigins.length === 0) return routes;
  const allow = cors({
    origin: [...viewerOrigins],
    credentials: true,
    methods: ['GET', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type'],
    exposedHeaders: ['Content-Disposition'],
    maxAge: 600,
  });
  return routes.use([...open], (request, response, next) => {
    // A browser must not give a copy that it fetched for our own page to another one, or the other way round.
    response.vary('Origin');
    const { origin } = request.headers;
    if (origin !== undefined && viewerOrigins.includes(origin)) allow(request, response, next);
    else next();
  });
}
