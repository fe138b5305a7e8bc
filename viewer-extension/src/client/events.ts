import { createParser } from 'eventsource-parser';
import type { DraftEvent } from '../../../server/contract/drafts.js';
import type { Job } from '../../../server/contract/job.js';
import { localized } from './localized.js';
import { pause } from './pause.js';
import { emitRefused } from './request.js';
import { ApiError, apiError } from './trouble.js';

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly headers: () => Readonly<Record<string, string>>;
  /** A job was accepted or changed. */
  readonly onJob: (job: Job) => void;
  /**
   * The stream flows from now on; what happened before must be listed. `startedAt` is another one after a restart of
   * the server.
   */
  readonly onConnected: (startedAt: string) => void;
  /** A correction by clicks was changed or has ended; without an id, any may have been. */
  readonly onDraft?: (id: string | undefined) => void;
  /** The stream broke, or did not come about, and is being tried again. */
  readonly onLost: () => void;
  /** Milliseconds before the first retry; doubles up to four times that. */
  readonly retryDelayMs?: number;
}

/** A stream without a byte for this long is taken for dead: a laptop that slept leaves half-open connections. */
const silenceMs = 60_000;

/**
 * Follows the Server-Sent Events of many jobs until `signal` aborts. Reads the stream with `fetch`, because the
 * browser's EventSource can send no Authorization header and gives up at a 5xx. One stream for all jobs and drafts,
 * because browsers open at most six connections to an HTTP/1.1 server for all their windows, and the images need them.
 *
 * @throws ApiError if the server refuses for good (4xx)
 */
export async function follow(url: string, options: FollowOptions): Promise<void> {
  const firstDelay = options.retryDelayMs ?? 1000;
  let delay = firstDelay;
  while (!options.signal.aborted) {
    try {
      await readStream(url, {
        ...options,
        onConnected(startedAt) {
          delay = firstDelay;
          options.onConnected(startedAt);
        },
      });
    } catch (error) {
      if (options.signal.aborted) return;
      if (error instanceof ApiError && !error.passing) throw error;
    }
    if (options.signal.aborted) return;
    options.onLost();
    await pause(delay, options.signal);
    delay = Math.min(delay * 2, firstDelay * 4);
  }
}

/** Reads until the stream ends or breaks. */
async function readStream(url: string, { headers, signal, onJob, onConnected, onDraft }: FollowOptions): Promise<void> {
  const silence = new AbortController();
  let watchdog = setTimeout(() => silence.abort(), silenceMs);
  const parser = createParser({
    onEvent({ event, data }) {
      if (event === 'server') onConnected((JSON.parse(data) as { startedAt: string }).startedAt);
      else if (event === 'job') onJob(localized(JSON.parse(data) as Job));
      else if (event === 'draft') onDraft?.((JSON.parse(data) as DraftEvent).id);
    },
  });
  try {
    const response = await fetch(url, {
      headers: { Accept: 'text/event-stream', ...headers() },
      cache: 'no-store',
      credentials: 'include',
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.status === 401) emitRefused();
    if (!response.ok || response.body === null) throw await apiError(response);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => silence.abort(), silenceMs);
      parser.feed(decoder.decode(value, { stream: true }));
      // A listener may have left: what was read already must not wait for the next byte.
      if (signal.aborted) return void reader.cancel().catch(() => {});
    }
  } finally {
    clearTimeout(watchdog);
  }
}
