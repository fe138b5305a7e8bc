import path from 'node:path';
import express, { type RequestHandler, Router } from 'express';

const extensionFolder = path.resolve(import.meta.dirname, '../../../viewer-extension');

/**
 * `/`: the unmodified OHIF with our configuration and our two plugin files.
 *
 * OHIF's bundles carry a hash in their name and never change; the configuration and the plugins do. A missing plugin must be a 404: an HTML
 * answer in its place keeps the viewer from starting.
 */
export function viewer(viewerFolder: string): RequestHandler {
  const routes = Router();
  routes.get('/app-config.js', (_request, response) => {
    response.set('Cache-Control', 'no-store').sendFile('app-config.js', { root: extensionFolder });
  });
  routes.use(
    '/plugins',
    express.static(path.join(extensionFolder, 'dist'), { fallthrough: false, cacheControl: false }),
  );
  routes.use(
    express.static(viewerFolder, {
      index: false,
      setHeaders(response, file) {
        const hashed = /\.[0-9a-f]{16,}\./.test(path.basename(file));
        response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    }),
  );
  // The viewer's own routes (/viewer, /segment-by-text) are paths without an extension; they all get its page.
  routes.get('/{*page}', (request, response, next) => {
    if (path.extname(request.path) !== '') return next();
    response.set('Cache-Control', 'no-cache').sendFile('index.html', { root: viewerFolder });
  });
  return routes;
}
