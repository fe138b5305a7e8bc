import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import type { RequestHandler } from 'express';
import type { AllowedHost } from '../platform/config.js';
import { PromptsegError } from '../platform/errors.js';
import { comesFromViewer } from './viewerOrigins.js';

/** The address that a client used for this server, as far as it was checked. */
export interface OwnOrigin {
  readonly scheme: 'http' | 'https';
  /** Name or address with the port, if given: `127.0.0.1:8460`, `pacs.example`. */
  readonly host: string;
}

/**
 * Keeps other web pages out, before anything else reads a request. Without a log-in, a browser on this machine would
 * otherwise lend its access to every open page.
 *
 * - `Host` names this machine's loopback or one of `allowedHosts`. If a page's own name was pointed at this server (DNS
 *   rebinding), the browser takes both for one origin; only the name reveals it.
 * - `Origin`, if sent, is this server's own. Browsers send it with every request that can change something, with
 *   WebSockets and with CORS.
 * - `Sec-Fetch-Site`, if sent, is `same-origin` or `none` (typed in, a bookmark). The one exception is a top-level
 *   navigation by GET, which is a link in another page: it changes nothing, and that page cannot read the response.
 *
 * Programs send neither of the last two and pass. So do the pages of `viewerOrigins`, to what `viewerOrigins.ts` opens.
 *
 * @throws PromptsegError `request-invalid` for a request without one plain Host, `host-not-allowed`, `foreign-page`
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.4 (421), https://www.w3.org/TR/fetch-metadata/
 */
export function requestGuard(
  allowedHosts: readonly AllowedHost[],
  viewerOrigins: readonly string[] = [],
): RequestHandler {
  return (request, _response, next) => {
    const { host } = ownOrigin(request, allowedHosts);
    if (comesFromViewer(request, viewerOrigins)) return next();
    const { origin } = request.headers;
    if (origin !== undefined && !isOriginOf(host, origin))
      throw new PromptsegError('foreign-page', 'The request comes from a web page of another origin.');
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isTopLevelNavigation(request))
      throw new PromptsegError('foreign-page', 'The request comes from a web page of another site.');
    next();
  };
}

/**
 * The origin under which a request reached this server.
 * @throws PromptsegError `request-invalid`, `host-not-allowed`
 */
export function ownOrigin(request: IncomingMessage, allowedHosts: readonly AllowedHost[]): OwnOrigin {
  // With `GET http://other.example/ HTTP/1.1` the target counts and not Host (RFC 9112, section 3.2.2); only proxies
  // receive such requests.
  if (request.url?.startsWith('/') !== true && request.url !== '*')
    throw new PromptsegError('request-invalid', 'The target of the request is not a path on this server.');
  // Node.js keeps the first of several; a proxy in front may have used the last.
  const hosts = request.rawHeaders.filter((_, index, all) => index % 2 === 1 && /^host$/i.test(all[index - 1] ?? ''));
  const [given] = hosts;
  if (given === undefined || hosts.length > 1)
    throw new PromptsegError('request-invalid', 'A request needs exactly one Host header.');
  const { name, port } = hostOf(given) ?? {};
  if (name === undefined) throw new PromptsegError('host-not-allowed', 'The Host header does not contain a host name.');
  const allowed = allowedHosts.find((each) => each.name === name);
  if (allowed === undefined && !isLoopback(name))
    throw new PromptsegError('host-not-allowed', `This server is not known by the name ${name}.`);
  return { scheme: allowed?.scheme ?? 'http', host: port === undefined ? name : `${name}:${port}` };
}

/**
 * The name in a Host header, in lower case, without the trailing dot of a full domain name. Names that a browser would
 * rewrite are refused.
 */
function hostOf(header: string): { readonly name: string; readonly port: string | undefined } | undefined {
  const parts = /^(\[[\da-f:]{2,39}\]|[\w-]+(?:\.[\w-]+)*)(\.?)(?::(\d{1,5}))?$/i.exec(header);
  const [, name = '', dot, port] = parts ?? [];
  if (parts === null || name.length > 253 || (dot !== '' && name.startsWith('['))) return undefined;
  if (Number(port ?? 0) > 65_535) return undefined;
  return { name: name.toLowerCase(), port };
}

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'));

/** @param host from {@link ownOrigin}; either scheme counts, because TLS may end before this server */
function isOriginOf(host: string, origin: string): boolean {
  const scheme = /^(https?:)\/\/[^/?#@\s]+$/i.exec(origin)?.[1];
  const own = `${scheme}//${host}`;
  if (scheme === undefined || !URL.canParse(origin) || !URL.canParse(own)) return false;
  // URL drops the default port of the scheme; the trailing dot of a full domain name stays.
  return new URL(own).host === new URL(origin).host.replace(/\.(?=:|$)/, '');
}

const isTopLevelNavigation = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
