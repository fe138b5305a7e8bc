import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { PromptsegError } from '../platform/errors.js';

/**
 * How long an idle connection stays open. Node's default of 5 s is shorter than what clients and proxies use, so a
 * request could hit a closing connection: "other side closed" in a program, 502 from a proxy. nginx and AWS load
 * balancers keep connections for 60 s, Go programs (Traefik, Caddy) for 90 s, Chromium for 300 s, Google's load
 * balancer for 600 s and requires 620 s of its backends.
 * https://cloud.google.com/load-balancing/docs/https#timeouts_and_retries
 *
 * `headersTimeout` keeps Node's 60 s: it counts from the first byte of a request, not while a connection is idle.
 */
const idleConnectionMs = 620_000;

/**
 * More than the other limits together allow (`cli/app/application.ts`: the largest is 1000 event streams), and at most
 * 64 MB for what Node.js stores per connection.
 */
const mostConnections = 2048;

/** How long a client may take nothing of a response that waits for it; a slow line takes something all the time. */
const patienceMs = 120_000;

/**
 * A server that idle connections, slow senders and clients that read nothing cannot block: a connection beyond `most`
 * closes the one that has waited longest for a complete request header. It is refused only if all others are being
 * served, and those whose client takes nothing of its response for `patience` milliseconds are closed.
 */
export function createHttpServer(
  application: RequestListener,
  { most = mostConnections, patience = patienceMs } = {},
): Server {
  const server = createServer({ keepAliveTimeout: idleConnectionMs }, application);
  /** Connections without a request in progress, in the order in which they began to wait. */
  const waiting = new Set<Socket>();
  let open = 0;
  server.prependListener('request', ({ socket }, response) => {
    waiting.delete(socket);
    response.once('close', () => {
      if (!socket.destroyed) waiting.add(socket);
    });
  });
  // Called for a connection without traffic. There need not be any while a request is computed or its body pauses; the
  // first request has a limit of its own (`headersTimeout`).
  server.setTimeout(patience, (socket) => {
    const isIdle = waiting.has(socket) && socket.bytesWritten > 0;
    if (isIdle || socket.writableLength > 0) socket.destroy();
  });
  server.on('connection', (socket) => {
    if (open >= most) {
      const [longest] = waiting;
      if (longest === undefined) return void socket.destroy();
      waiting.delete(longest);
      longest.destroy();
    }
    open++;
    waiting.add(socket);
    socket.once('close', () => {
      open--;
      waiting.delete(socket);
    });
  });
  return server;
}

/**
 * @returns the address for programs on this machine, without a trailing slash
 * @throws PromptsegError `port-in-use`
 */
export function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(new PromptsegError('port-in-use', `Port ${port} on ${host} is in use by another program.`));
      else reject(error);
    });
    server.listen(port, host, () => {
      const { port: taken } = server.address() as AddressInfo;
      const name = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
      resolve(`http://${name}:${taken}`);
    });
  });
}

export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Event streams stay open until their job ends; a stopping server does not wait for them. Their clients resume.
    server.closeAllConnections();
  });
}
