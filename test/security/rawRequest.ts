import { connect } from 'node:net';

export interface RawResponse {
  /** NaN if the connection was closed without a response. */
  readonly status: number;
  /** Everything received, several responses included. */
  readonly text: string;
}

/**
 * Sends exactly these lines, which no client library would.
 * @param head lines of the request; `HOST` in them stands for the server's address
 * @param until `close`: waits for the server to close the connection; `head`: closes it after the head of a response
 */
export function rawRequest(
  url: string,
  head: readonly string[],
  body = '',
  until: 'close' | 'head' = 'close',
): Promise<RawResponse> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const lines = [...head, '', ''].join('\r\n').replaceAll('HOST', host);
    const socket = connect(Number(port), hostname, () => socket.write(lines + body));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (until === 'head' && text.includes('\r\n\r\n')) socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => resolve({ status: Number(text.split(' ')[1]), text }));
  });
}
