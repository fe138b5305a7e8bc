import type { RequestHandler } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { PromptsegError, toProblem } from '../errors.js';

/**
 * `/dicom-web/*`: the archive on the viewer's own origin; its credentials stay on the server.
 *
 * The Host header is passed on: Orthanc builds RetrieveURL and BulkDataURI from it, so that they point here.
 */
export function archiveProxy(archiveUrl: string, authorization: string | undefined): RequestHandler {
  const { origin, pathname } = new URL(archiveUrl);
  return createProxyMiddleware({
    target: origin,
    changeOrigin: false,
    xfwd: true,
    pathRewrite: (path) => `${pathname}${decodeIncludeFieldCommas(path)}`,
    headers: authorization === undefined ? {} : { authorization },
    on: {
      error: (_error, _request, response) => {
        const problem = toProblem(new PromptsegError('archive-unreachable', 'The archive does not answer.'));
        if ('writeHead' in response && !response.headersSent)
          response.writeHead(problem.status, { 'Content-Type': 'application/problem+json' });
        response.end(JSON.stringify(problem));
      },
    },
  });
}

/** OHIF encodes the commas of `includefield`; orthanc-dicomweb 1.7 does not split an encoded one, and the worklist loses its descriptions. */
function decodeIncludeFieldCommas(path: string): string {
  const [head, query] = path.split('?', 2);
  return query === undefined ? path : `${head}?${query.replaceAll(/%2C/gi, ',')}`;
}
