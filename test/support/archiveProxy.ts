import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestOrthanc } from './orthanc.js';

/** One request to the archive, before Orthanc responds. */
export interface Exchange {
  readonly incoming: http.IncomingMessage;
  readonly response: http.ServerResponse;
  /** Sends the request to Orthanc and waits for the whole response, which the client does not get. */
  forward(): Promise<{ readonly status: number; readonly body: Buffer }>;
}

/** Responds and returns true, or leaves the exchange to Orthanc. */
export type Interference = (exchange: Exchange) => boolean | Promise<boolean>;

/** An Orthanc behind a proxy that can change its responses. */
export interface ArchiveProxy {
  /** Its DICOMweb root. */
  readonly url: string;
  /** Called for each request; may be replaced at any time. */
  interfere: Interference;
  close(): void;
}

export const noInterference: Interference = () => false;

/** The archive is unreachable: connections are cut. */
export const away: Interference = ({ response }) => {
  response.destroy();
  return true;
};

/** Whether a request is STOW-RS. */
export const isStore = ({ incoming }: Pick<Exchange, 'incoming'>): boolean => incoming.method === 'POST';

/** Whether a request is WADO-RS of a whole series. */
export const isSeriesRetrieval = ({ incoming }: Pick<Exchange, 'incoming'>): boolean =>
  /series\/[\d.]+$/.test(incoming.url ?? '') && (incoming.headers.accept ?? '').includes('multipart');

/** Refuses matching requests with this response. */
export const refusing =
  (matches: (exchange: Exchange) => boolean, status: number, headers: http.OutgoingHttpHeaders = {}): Interference =>
  (exchange) => {
    if (!matches(exchange)) return false;
    exchange.incoming.resume();
    exchange.response.writeHead(status, headers).end();
    return true;
  };

/**
 * From now on series are sent only when the returned function is called: jobs stay in their first stage.
 * @returns sends what was asked for meanwhile, and all that is asked for later
 */
export function holdSeries(archive: Pick<ArchiveProxy, 'interfere'>): () => void {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  archive.interfere = async (exchange) => {
    if (isSeriesRetrieval(exchange)) await released;
    return false;
  };
  return () => {
    archive.interfere = noInterference;
    release();
  };
}

export async function startArchiveProxy(
  orthanc: Pick<TestOrthanc, 'url' | 'dicomWebUrl' | 'headers'>,
  interfere: Interference = noInterference,
): Promise<ArchiveProxy> {
  const server = http.createServer((incoming, response) => void handle(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${new URL(orthanc.dicomWebUrl).pathname}`,
    interfere,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return proxy;

  async function handle(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const exchange: Exchange = {
      incoming,
      response,
      forward: () =>
        new Promise((resolve, reject) => {
          const sent = send(incoming, (received) =>
            buffer(received).then((body) => resolve({ status: received.statusCode ?? 0, body }), reject),
          );
          sent.once('error', reject);
        }),
    };
    if (await proxy.interfere(exchange)) return;
    const sent = send(incoming, (received) => {
      response.writeHead(received.statusCode ?? 502, received.headers);
      received.pipe(response);
    });
    sent.once('error', () => response.destroy());
  }

  function send(
    incoming: http.IncomingMessage,
    onResponse: (received: http.IncomingMessage) => void,
  ): http.ClientRequest {
    const { method } = incoming;
    // Adds the credentials to requests without them.
    const headers = { ...orthanc.headers, ...incoming.headers };
    const sent = http.request(new URL(incoming.url ?? '/', orthanc.url), { method, headers }, onResponse);
    incoming.pipe(sent);
    return sent;
  }
}
