import { request as httpRequest } from 'node:http';

/**
 * A client that keeps cookies by host and name and follows redirects as a browser does, so that each step can be looked
 * at.
 */
export interface Browserless {
  /** Cookies by host. */
  readonly cookies: Map<string, Map<string, string>>;
  /** Addresses that were visited, in their order. */
  readonly visited: string[];
  /** Every `Set-Cookie` that came, in their order. */
  readonly setCookies: string[];
  request(address: string, init?: Sent): Promise<Response>;
  /** Opens a page, follows redirects to the end. */
  open(address: string): Promise<Response>;
  /** The same, and types the subject into the log-in of the provider. */
  signIn(address: string, subject: string): Promise<Response>;
}

/** @param servers addresses of servers by the origins under which they are to be reached, as by a TLS proxy */
export function browserless(servers: Readonly<Record<string, string>> = {}): Browserless {
  const cookies: Browserless['cookies'] = new Map();
  const visited: string[] = [];
  const setCookies: string[] = [];
  const jarOf = (address: string): Map<string, string> => {
    const { hostname } = new URL(address);
    const jar = cookies.get(hostname) ?? new Map<string, string>();
    cookies.set(hostname, jar);
    return jar;
  };

  async function request(address: string, init: Sent = {}): Promise<Response> {
    const jar = jarOf(address);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const { origin, host } = new URL(address);
    const server = servers[origin];
    const response = await send(server === undefined ? address : address.replace(origin, server), {
      ...init,
      headers: { host, accept: 'text/html', ...(cookie !== '' && { cookie }), ...init.headers },
    });
    setCookies.push(...response.headers.getSetCookie());
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const over = /expires=([^;]+)/i.exec(line)?.[1];
      if (value === '' || (over !== undefined && new Date(over) < new Date())) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  async function open(address: string, init?: Sent): Promise<Response> {
    let next = address;
    let response = await request(next, init);
    visited.push(next);
    while (response.status >= 300 && response.status < 400 && response.headers.has('location')) {
      next = new URL(response.headers.get('location')!, next).href;
      visited.push(next);
      if (visited.length > 60) throw new Error(`too many redirects: ${visited.slice(-5).join(' → ')}`);
      response = await request(next);
    }
    return response;
  }

  return {
    cookies,
    visited,
    setCookies,
    request,
    open,
    async signIn(address, subject) {
      const form = await open(address);
      const text = await form.text();
      if (!text.includes('name="login"'))
        throw new Error(`no log-in at ${visited.at(-1)}: ${form.status} ${text.slice(0, 300)}`);
      return open(visited.at(-1)!, {
        method: 'POST',
        body: new URLSearchParams({ login: subject }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    },
  };
}

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** One request with these headers and no others: `fetch` would add what browsers send with requests of scripts. */
function send(address: string, { method = 'GET', headers = {}, body }: Sent): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(address, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const found = new Headers();
        for (const [name, values] of Object.entries(response.headersDistinct))
          for (const value of values ?? []) found.append(name, value);
        const { statusCode: status = 0 } = response;
        resolve(new Response([204, 304].includes(status) ? null : Buffer.concat(chunks), { status, headers: found }));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
