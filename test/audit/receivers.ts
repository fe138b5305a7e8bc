import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import tls from 'node:tls';
import { generate } from 'selfsigned';

/** Certificate and key of a host, which is its own authority. */
export async function certificateOf(commonName: string): Promise<{ readonly cert: string; readonly key: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: commonName },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert, key };
}

export interface SyslogReceiver {
  readonly port: number;
  /** Whole messages, in the order of their arrival. */
  readonly messages: string[];
  readonly connections: () => number;
  close(): Promise<void>;
}

/**
 * A real receiver of syslog over TLS (RFC 5425).
 * @param breakAfter breaks the first connection off after so many messages, with the rest unread
 */
export async function startSyslogReceiver(
  options: tls.TLSSocketOptions,
  { port = 0, breakAfter = Number.POSITIVE_INFINITY }: { readonly port?: number; readonly breakAfter?: number } = {},
): Promise<SyslogReceiver> {
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createTcpServer((raw) => {
    sockets.add(raw);
    const breaks = ++connections === 1;
    let buffered = Buffer.alloc(0);
    raw.on('error', () => {});
    raw.on('close', () => sockets.delete(raw));
    const socket = new tls.TLSSocket(raw, { ...options, isServer: true });
    socket.on('error', () => {});
    socket.on('data', (data) => {
      buffered = Buffer.concat([buffered, data]);
      for (;;) {
        const space = buffered.indexOf(' ');
        const length = Number(buffered.subarray(0, space).toString());
        if (space < 0 || buffered.length < space + 1 + length) return;
        if (breaks && messages.length >= breakAfter) {
          raw.resetAndDestroy();
          return;
        }
        messages.push(buffered.subarray(space + 1, space + 1 + length).toString());
        buffered = buffered.subarray(space + 1 + length);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port on which nobody listens now. */
export async function unusedPort(): Promise<number> {
  const receiver = createServer();
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  await new Promise((resolve) => receiver.close(resolve));
  return port;
}

export interface FhirReceiver {
  readonly url: string;
  readonly resources: Record<string, unknown>[];
  readonly authorizations: Set<string | undefined>;
  readonly server: Server;
  close(): Promise<void>;
}

/**
 * A FHIR server that takes AuditEvents, with conditional creates.
 * @param trouble says about the n-th request, from 1, that it is refused with a status, or that its response is lost
 */
export async function startFhirReceiver(
  trouble: (request: number) => number | 'response-lost' | undefined = () => undefined,
): Promise<FhirReceiver> {
  const resources: Record<string, unknown>[] = [];
  const conditions = new Set<string>();
  const authorizations = new Set<string | undefined>();
  let requests = 0;
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    authorizations.add(request.headers.authorization);
    const wrong = trouble(++requests);
    const rightly = request.method === 'POST' && request.url === '/fhir/AuditEvent';
    if (typeof wrong === 'number' || !rightly) {
      response.writeHead(rightly ? Number(wrong) : 404, { location: '/elsewhere' }).end();
      return;
    }
    const condition = String(request.headers['if-none-exist']);
    const known = conditions.has(condition);
    if (!known) resources.push(JSON.parse(text));
    conditions.add(condition);
    if (wrong === 'response-lost') response.destroy();
    else response.writeHead(known ? 200 : 201).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    resources,
    authorizations,
    server,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
