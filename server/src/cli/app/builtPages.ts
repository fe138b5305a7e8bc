import path from 'node:path';
import express, { type Request, type RequestHandler, Router } from 'express';
import helmet from 'helmet';

const pages = path.resolve(import.meta.dirname, '../../../../viewer-extension/dist/pages');

/**
 * `/promptseg` links to the other pages: `/jobs` shows the queue, `/rules` edits the routing rules, `/models` lists the
 * models, `/cornerstone` shows images without OHIF, `/help` is the documentation. All work without OHIF.
 */
export const builtPages = (): RequestHandler =>
  Router().use(
    builtPage('/promptseg', strictContentSecurityPolicy),
    builtPage('/help', strictContentSecurityPolicy),
    builtPage('/jobs', strictContentSecurityPolicy),
    builtPage('/rules', strictContentSecurityPolicy),
    builtPage('/models', strictContentSecurityPolicy),
    builtPage('/cornerstone', imagingContentSecurityPolicy, ({ query }) =>
      query.StudyInstanceUIDs === undefined ? 'studies.html' : 'index.html',
    ),
  );

/**
 * `/api`: the documentation of the REST API. Each of its files is a route, because everything below `/api` needs a
 * scope.
 */
export function apiPage(): RequestHandler {
  const root = path.join(pages, 'api');
  const routes = Router();
  for (const [address, file] of [
    ['/api', 'index.html'],
    ['/api/api.js', 'api.js'],
    ['/api/api.css', 'api.css'],
  ] as const)
    routes.get(address, documentationContentSecurityPolicy, (_request, response) => {
      response.set('Cache-Control', 'no-cache').sendFile(file, { root });
    });
  return routes;
}

/** @param fileFor the file that is sent at the page's own address */
function builtPage(
  address: string,
  contentSecurityPolicy: RequestHandler,
  fileFor: (request: Request) => string = () => 'index.html',
): RequestHandler {
  const root = path.join(pages, address);
  const routes = Router();
  routes.use(address, contentSecurityPolicy);
  routes.get(address, (request, response) => {
    response.set('Cache-Control', 'no-cache').sendFile(fileFor(request), { root });
  });
  return routes.use(
    address,
    express.static(root, { index: false, redirect: false, cacheControl: false, extensions: ['html'] }),
  );
}

/** The viewer's policy is as wide as OHIF needs; these pages need only their own files and the API. */
const strictContentSecurityPolicy: RequestHandler = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'connect-src': ["'self'"],
    // `data:`: the empty icon, without which browsers request /favicon.ico. `blob:`: pictures of results.
    'img-src': ["'self'", 'data:', 'blob:'],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  },
});

/** OpenAPI Explorer writes style attributes, and its icons are data URLs. */
const documentationContentSecurityPolicy: RequestHandler = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'connect-src': ["'self'"],
    'img-src': ["'self'", 'data:'],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  },
});

/**
 * Image decoders are WebAssembly in a worker; Cornerstone's SEG reader compiles its loops at run time (ndarray); the
 * panel adds its own styles and shows pictures of results.
 */
const imagingContentSecurityPolicy: RequestHandler = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'script-src': ["'self'", "'unsafe-eval'"],
    'worker-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'connect-src': ["'self'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  },
});
