import { readFile } from 'node:fs/promises';
import path from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import expressStaticGzip from 'express-static-gzip';
import { principalOf } from '../../http/principalOf.js';

const extensionFolder = path.resolve(import.meta.dirname, '../../../../viewer-extension');

/**
 * `/plugins`: the OHIF extension and its mode, for the viewer here and for those of other servers. A missing plugin
 * must return 404: with an HTML page instead, the viewer does not start.
 */
export const plugins = (): RequestHandler =>
  Router().use(
    '/plugins',
    express.static(path.join(extensionFolder, 'dist/extension'), { fallthrough: false, cacheControl: false }),
  );

/**
 * `/`: the unmodified OHIF with our configuration.
 *
 * OHIF's bundles have a hash in their name and never change; the configuration does. It also says what the account may
 * do, so that OHIF offers nothing that is refused. Where a file has a copy in Brotli beside it, as `get-viewer` leaves
 * them, the copy is sent: to compress 31 MB of scripts takes a second of processor time for each first visit.
 */
export function viewer(viewerFolder: string): RequestHandler {
  const routes = Router();
  routes.get('/app-config.js', async (request, response) => {
    const mayStore = principalOf(request).scopes.has('images:store');
    const configuration = await readFile(path.join(extensionFolder, 'app-config.js'), 'utf8');
    response
      .set('Cache-Control', 'no-store')
      .type('text/javascript')
      .send(`window.promptsegMayStore = ${mayStore};\n${configuration}`);
  });
  routes.use(
    expressStaticGzip(viewerFolder, {
      index: false,
      enableBrotli: true,
      orderPreference: ['br'],
      serveStatic: {
        setHeaders(response, file) {
          const hashed = /\.[0-9a-f]{16,}\./.test(path.basename(file));
          response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
        },
      },
    }),
  );
  // The viewer's own routes (/viewer, /segment-by-text) are paths without an extension; all return its page.
  routes.get('/{*page}', (request, response, next) => {
    if (path.extname(request.path) !== '') return next();
    response.set('Cache-Control', 'no-cache').sendFile('index.html', { root: viewerFolder });
  });
  return routes;
}
