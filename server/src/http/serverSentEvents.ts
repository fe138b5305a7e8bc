import type { Request, Response } from 'express';
import { z } from 'zod';
import { identityOf } from './principalOf.js';
import { parseInput } from './problems.js';

export interface EventStream {
  /**
   * Resolves when the client can take the next event: a client that reads slowly or not at all must not fill the
   * server's memory. A client resumes at `id`.
   */
  send(event: { readonly id?: number; readonly event: string; readonly data: unknown }): Promise<void>;
  end(): void;
}

/** Proxies close connections that are silent for a minute. */
const heartbeatMs = 20_000;

/** A client that reads nothing for this long is disconnected; it resumes with `Last-Event-ID`. */
const usualPatienceMs = 30_000;

/** Starts a stream of Server-Sent Events (HTML Living Standard, section 9.2). It ends with the client's sign-in. */
export function openEventStream(response: Response, patienceMs = usualPatienceMs): EventStream {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  // A request for the headers alone gets no events.
  if (response.req.method === 'HEAD') response.end();
  else response.write('retry: 1000\n\n');
  const heartbeat = setInterval(() => response.writableNeedDrain || response.write(': alive\n\n'), heartbeatMs);
  const forget = identityOf(response.req).whenOver?.(() => response.end());
  response.once('close', () => {
    clearInterval(heartbeat);
    forget?.();
  });
  return {
    async send({ id, event, data }) {
      if (response.writableEnded || response.destroyed) return;
      const text = `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      if (response.write(text)) return;
      const stuck = setTimeout(() => response.destroy(), patienceMs);
      await new Promise<void>((resolve) => {
        for (const room of ['drain', 'close']) response.once(room, resolve);
      });
      clearTimeout(stuck);
    },
    end() {
      clearInterval(heartbeat);
      response.end();
    },
  };
}

/** For routes that send events. */
export const lastEventIdHeader = z.object({
  'Last-Event-ID': z
    .string()
    .regex(/^\d{1,15}$/, 'is not the id of an event')
    .transform(Number)
    .optional()
    .describe('The last event that was received'),
});

/** The id after which a client resumes. @throws PromptsegError `request-invalid` */
export const lastEventIdOf = (request: Request): number | undefined =>
  parseInput(lastEventIdHeader, { 'Last-Event-ID': request.get('Last-Event-ID') })['Last-Event-ID'];
