import type { ClientRequestArgs, IncomingMessage } from 'node:http';
import net from 'node:net';

const chunkBytes = 64 * 1024;

/** Chunks that the reader may fall behind before the connection pauses, and at which it goes on. */
const mostWaiting = 64;
const fewWaiting = 16;

/**
 * A connection for node:http whose response's body can go past its parser, which allocates each chunk and copies it:
 * 157 MB from Orthanc on loopback cost 100 ms of processor time in place of 45 ms, and searches for garbage.
 */
export interface DirectConnection {
  /** For the option `createConnection` of node:http. */
  connect(options: ClientRequestArgs): net.Socket;
  /**
   * To be called while node:http emits the response, of a body that is not chunked: what comes after the bytes that
   * came with the header is not parsed.
   * @returns the body. A chunk is overwritten after the next one is asked for. Throws what connection or response
   * emit as error.
   */
  takeBody(response: IncomingMessage): AsyncGenerator<Uint8Array>;
}

export function directConnection(): DirectConnection {
  const free: Buffer[] = [];
  const waiting: Buffer[] = [];
  let socket: net.Socket;
  let isTaken = false;
  let ending: { readonly error?: Error } | undefined;
  let wake = (): void => {};

  function end(how: { readonly error?: Error }): void {
    ending ??= how;
    wake();
  }

  const onread = {
    buffer: () => free.pop() ?? Buffer.allocUnsafeSlow(chunkBytes),
    callback(count: number, buffer: Uint8Array): boolean {
      const chunk = Buffer.from(buffer.buffer, buffer.byteOffset, count);
      // Before the body is taken, nothing is given back to `free`: node:http may keep the chunk.
      if (!isTaken) return socket.emit('data', chunk);
      waiting.push(chunk);
      wake();
      return waiting.length < mostWaiting;
    },
  };

  async function* body(response: IncomingMessage): AsyncGenerator<Uint8Array> {
    let left = Number(response.headers['content-length'] ?? Number.POSITIVE_INFINITY);
    const withHeader: Buffer | null = response.read();
    if (withHeader !== null) {
      left -= withHeader.length;
      yield withHeader;
    }
    while (left > 0) {
      if (waiting.length <= fewWaiting) socket.resume();
      const chunk = waiting.shift();
      if (chunk !== undefined) {
        const ofBody = chunk.subarray(0, left);
        left -= ofBody.length;
        yield ofBody;
        free.push(Buffer.from(chunk.buffer));
      } else if (ending?.error !== undefined) throw ending.error;
      else if (ending !== undefined) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }

  return {
    connect(options) {
      socket = net.connect({ ...(options as net.NetConnectOpts), onread });
      return socket;
    },
    takeBody(response) {
      isTaken = true;
      // Without a length, node:http takes a connection that is reset for the end of the body.
      socket.once('error', (error) => end({ error }));
      response.on('error', (error) => end({ error }));
      if (response.headers['content-length'] === undefined) socket.once('end', () => end({}));
      return body(response);
    },
  };
}
