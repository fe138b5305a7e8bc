import { createParser } from 'eventsource-parser';
import type { Job } from '../../../server/src/jobs/job.js';
import { hasEnded } from './jobState.js';
import { ApiError, apiError } from './trouble.js';

export interface FollowOptions {
  /** Sequence number of the last event that the caller has seen. */
  readonly lastEventId: number;
  readonly signal: AbortSignal;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly onJob: (job: Job, sequence: number) => void;
  /** False when the stream broke and is being tried again, true when it flows. */
  readonly onConnection: (connected: boolean) => void;
  /** Milliseconds before the first retry; doubles up to four times that. */
  readonly retryDelayMs?: number;
}

/** A stream without a byte for this long is taken for dead: a laptop that slept leaves half-open connections. */
const silenceMs = 60_000;

/**
 * Follows the Server-Sent Events of one job until it ended or `signal` aborts. Reads the stream with `fetch`, because
 * the browser's EventSource can send no Authorization header and gives up at a 5xx. Resumes with `Last-Event-ID`.
 *
 * @throws ApiError where the server refuses for good (4xx)
 */
export async function follow(url: string, options: FollowOptions): Promise<void> {
  const firstDelay = options.retryDelayMs ?? 1000;
  let lastEventId = options.lastEventId;
  let delay = firstDelay;
  while (!options.signal.aborted) {
    try {
      const ended = await readStream(url, lastEventId, options, (sequence) => {
        lastEventId = sequence;
        delay = firstDelay;
      });
      if (ended) return;
    } catch (error) {
      if (options.signal.aborted) return;
      if (error instanceof ApiError && !error.passing) throw error;
    }
    options.onConnection(false);
    await pause(delay, options.signal);
    delay = Math.min(delay * 2, firstDelay * 4);
  }
}

/** @returns whether the job ended; false where the stream stopped before */
async function readStream(
  url: string,
  lastEventId: number,
  { headers, signal, onJob, onConnection }: FollowOptions,
  onSequence: (sequence: number) => void,
): Promise<boolean> {
  const silence = new AbortController();
  let watchdog = setTimeout(() => silence.abort(), silenceMs);
  let ended = false;
  const parser = createParser({
    onEvent({ id, data }) {
      const job = JSON.parse(data) as Job;
      const sequence = id === undefined ? job.lastEventId : Number(id);
      onSequence(sequence);
      ended = hasEnded(job);
      onJob(job, sequence);
    },
  });
  try {
    const response = await fetch(url, {
      headers: { Accept: 'text/event-stream', 'Last-Event-ID': String(lastEventId), ...headers() },
      cache: 'no-store',
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!response.ok || response.body === null) throw await apiError(response);
    onConnection(true);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return ended;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => silence.abort(), silenceMs);
      parser.feed(decoder.decode(value, { stream: true }));
      if (ended) {
        await reader.cancel();
        return true;
      }
    }
  } finally {
    clearTimeout(watchdog);
  }
}

/** Waits, but no longer than until the browser is online again. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.('online', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    const timer = setTimeout(go, milliseconds);
    globalThis.addEventListener?.('online', go);
    signal.addEventListener('abort', go);
  });
}
