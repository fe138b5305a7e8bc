import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A free port on loopback.
 *
 * @param {number} [preferred] Used if it is free.
 * @returns {Promise<number>}
 */
export async function freePort(preferred = 0) {
  if (preferred !== 0 && !(await isFree(preferred))) return freePort();
  const server = createServer().listen(preferred, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export const isFree = (port) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
