import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type RequestHandler, Router } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { identityOf } from '../../http/principalOf.js';
import { ownOrigin } from '../../http/requestGuard.js';
import { authorizationHeader } from '../../platform/archiveAuthorization.js';
import type { Config } from '../../platform/config.js';
import { PromptsegError, toProblem } from '../../platform/errors.js';
import { dicomWebRequest } from './dicomWebRequests.js';

/** The client's headers that are forwarded to the archive: no host names, addresses, cookies or credentials. */
const sentOn = [
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'content-length',
  'content-type',
  'if-modified-since',
  'if-none-match',
  'range',
  'transfer-encoding',
];

/** The archive's headers that are returned to the client: no cookies, redirects, log-in prompts or CORS headers. */
const sentBack = [
  'accept-ranges',
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'date',
  'etag',
  'last-modified',
  'retry-after',
  'transfer-encoding',
  'vary',
  'warning',
];

/** An HTML or SVG document from the archive must not run with the rights of our own pages. */
const documentPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";

/**
 * `/dicom-web/*`: the archive on the viewer's own origin. Its credentials stay on the server. Only DICOMweb retrieval,
 * search and storage are forwarded; nothing else of the archive is reachable.
 *
 * The archive builds RetrieveURL and BulkDataURI from the address of the request, so it gets the one that {@link
 * ownOrigin} checked.
 *
 * @throws PromptsegError `not-found`, `upload-too-large`; `archive-unreachable` is sent if the archive does not respond
 */
export function archiveProxy({
  archiveUrl,
  archiveAuthorization,
  allowedHosts,
  storeLimitBytes,
}: Pick<Config, 'archiveUrl' | 'archiveAuthorization' | 'allowedHosts' | 'storeLimitBytes'>): RequestHandler {
  const { origin, pathname, protocol, host: archiveHost } = new URL(archiveUrl);
  const routes = Router();

  routes.use((request, response, next) => {
    const asked = dicomWebRequest(request);
    if (asked === undefined) throw new PromptsegError('not-found', 'There is no DICOMweb resource at this address.');
    if (Number(request.headers['content-length'] ?? 0) > storeLimitBytes) throw tooLarge(storeLimitBytes);
    const own = ownOrigin(request, allowedHosts);
    // The client's own token, if the archive decides who may see a study.
    const { Authorization: authorization } = authorizationHeader(
      identityOf(request).archiveAuthorization ?? archiveAuthorization,
    );
    const { range, ...headers } = pick(request.headers, sentOn);
    request.headers = {
      ...headers,
      // Overlapping ranges make of one file a response of many times its size; a server may ignore any (RFC 9110
      // section 14.2).
      ...(range !== undefined && oneRange.test(range) && { range }),
      // Only `close` or `keep-alive` of the client's connection: `Upgrade` would switch to another protocol.
      connection: request.headers.connection?.toLowerCase() === 'close' ? 'close' : 'keep-alive',
      // A TLS proxy in front of the archive selects the site by Host.
      host: protocol === 'https:' ? archiveHost : own.host,
      // Unquoted, unlike RFC 7239: Orthanc takes quotes around host and port as part of the name.
      forwarded: `host=${own.host};proto=${own.scheme}`,
      'x-forwarded-host': own.host,
      'x-forwarded-proto': own.scheme,
      ...(authorization !== undefined && { authorization }),
    };
    response.setHeader('Content-Security-Policy', documentPolicy);
    next();
  });

  routes.use(
    createProxyMiddleware({
      target: origin,
      pathRewrite: (path) => `${pathname.replace(/\/$/, '')}${decodeIncludeFieldCommas(path)}`,
      on: {
        proxyReq(toArchive, request, response) {
          endAtLimit(request, storeLimitBytes, () => {
            sendProblem(response, tooLarge(storeLimitBytes));
            toArchive.destroy();
          });
        },
        proxyRes(fromArchive, _request, response) {
          fromArchive.headers = pick(fromArchive.headers, sentBack);
          // Otherwise the client would wait for the rest forever.
          fromArchive.once('close', () => fromArchive.complete || response.destroy());
        },
        error(_error, _request, response) {
          if ('writeHead' in response)
            sendProblem(response, new PromptsegError('archive-unreachable', 'The archive does not respond.'));
        },
      },
    }),
  );
  return routes;
}

const oneRange = /^bytes=(?:\d+-\d*|-\d+)$/;

const pick = (headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));

/** Counts the bytes as they pass: a chunked body does not state its size. */
function endAtLimit(request: IncomingMessage, limitBytes: number, end: () => void): void {
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= limitBytes) return;
    request.off('data', count);
    request.unpipe();
    request.resume();
    end();
  };
  request.on('data', count);
}

const tooLarge = (limitBytes: number): PromptsegError =>
  new PromptsegError('upload-too-large', `One request may store ${limitBytes} bytes at most.`);

/** A response that has started is aborted: if it ended normally, it would look complete. */
function sendProblem(response: ServerResponse, error: PromptsegError): void {
  if (response.writableEnded) return;
  if (response.headersSent) return void response.destroy();
  const problem = toProblem(error);
  response.writeHead(problem.status, { 'Content-Type': 'application/problem+json', Connection: 'close' });
  response.end(JSON.stringify(problem));
}

/**
 * OHIF encodes the commas of `includefield`. orthanc-dicomweb 1.7 does not split at encoded commas, and the study list
 * would have no descriptions.
 */
function decodeIncludeFieldCommas(path: string): string {
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query) + path.slice(query).replaceAll(/%2C/gi, ',');
}
