import { EventEmitter } from 'node:events';
import type { Job, JobEvent } from '#contract/job.js';
import type { Database } from '../../database/database.js';
import { log } from '../../platform/log.js';
import type { JobStore } from './jobStore.js';

/**
 * Changes of jobs by any process: the database announces that a job changed (LISTEN/NOTIFY), and its record holds the
 * new state. Several changes in a row may arrive as one event; the last one always arrives.
 */
export interface JobEvents {
  /** Calls the listener on every change of this job; returns a function that stops it. */
  subscribe(id: string, listener: (event: JobEvent) => void): () => void;
  /** The same for all jobs. Changes of only the place in the queue are sent to followers of that job alone. */
  subscribeToAll(listener: (event: JobEvent) => void): () => void;
  /**
   * Calls the listener once when a job ends, but not when an ended job changes later. An end during a gap is not sent.
   */
  onEnded(listener: (job: Job) => void): () => void;
  /** Calls the listener when jobs entered or left the queue. */
  onQueueMoved(listener: () => void): () => void;
  /** Calls the listener with the id of a job that somebody wants to cancel. */
  onCancelRequested(listener: (id: string) => void): () => void;
}

/** Jobs whose last event is remembered, so it is not sent twice; as many are checked after a gap. */
const remembered = 1000;

const anyJob = 'any job';
const queueMoved = 'queue moved';
const cancelRequested = 'cancel requested';
const ended = 'ended';

export async function listenToJobs(database: Database, store: JobStore): Promise<JobEvents> {
  const emitter = new EventEmitter().setMaxListeners(0);
  const followed = (): string[] => emitter.eventNames().map(String).filter(isJob);
  const on = (name: string, listener: (event: JobEvent) => void): (() => void) => {
    emitter.on(name, listener);
    return () => emitter.off(name, listener);
  };

  const lastSent = new Map<string, Pick<Job, 'lastEventId' | 'state'>>();
  let highestSent = 0;
  const send = async (id: string): Promise<void> => {
    if (emitter.listenerCount(id) + emitter.listenerCount(anyJob) === 0) return;
    const job: Job = await store.get(id);
    const before = lastSent.get(id);
    if (before?.lastEventId === job.lastEventId && before.state === job.state) return;
    lastSent.delete(id);
    lastSent.set(id, { lastEventId: job.lastEventId, state: job.state });
    highestSent = Math.max(highestSent, job.lastEventId);
    for (const oldest of lastSent.keys()) {
      if (lastSent.size <= remembered) break;
      lastSent.delete(oldest);
    }
    for (const name of [id, anyJob]) emitter.emit(name, { sequence: job.lastEventId, job } satisfies JobEvent);
  };
  const sendOnce = createCoalescer(send);

  const sendQueue = createCoalescer(async () => {
    emitter.emit(queueMoved);
    if (followed().length === 0) return;
    // The places are read after the move, under a number that no reader had before it.
    await database.executeSql(`SELECT nextval('promptseg.job_event_sequence')`);
    for (const id of followed()) if ((await store.get(id)).state === 'queued') sendOnce(id);
  });

  const sendEnd = createCoalescer(async (id) => {
    if (emitter.listenerCount(ended) > 0) emitter.emit(ended, await store.get(id));
  });

  /** After a gap: changes in the meantime, for those who follow all jobs. Events already sent are not repeated. */
  const sendMissed = createCoalescer(async () => {
    if (emitter.listenerCount(anyJob) === 0) return;
    const { rows } = await database.executeSql(
      `SELECT id FROM promptseg.jobs WHERE sequence > $1 ORDER BY sequence DESC LIMIT ${remembered}`,
      [highestSent - remembered],
    );
    for (const { id } of rows.reverse()) sendOnce(String(id));
  });

  await database.listen({
    channels: {
      promptseg_jobs: sendOnce,
      promptseg_queue: () => sendQueue(queueMoved),
      promptseg_ended: sendEnd,
      promptseg_cancel: (id) => emitter.emit(cancelRequested, id),
    },
    // A worker learns of a missed cancellation with its next heartbeat.
    onGap() {
      for (const id of followed()) sendOnce(id);
      sendMissed(anyJob);
      sendQueue(queueMoved);
    },
  });

  return {
    subscribe: (id, listener) => on(id, listener),
    subscribeToAll: (listener) => on(anyJob, listener),
    onEnded(listener) {
      emitter.on(ended, listener);
      return () => emitter.off(ended, listener);
    },
    onQueueMoved(listener) {
      emitter.on(queueMoved, listener);
      return () => emitter.off(queueMoved, listener);
    },
    onCancelRequested(listener) {
      emitter.on(cancelRequested, listener);
      return () => emitter.off(cancelRequested, listener);
    },
  };
}

const isJob = (name: string): boolean => ![anyJob, queueMoved, cancelRequested, ended].includes(name);

/**
 * Runs `work` for a key, one at a time per key; however many calls come while it runs, it runs once more after it.
 * A failure is logged: the next change is sent again.
 */
function createCoalescer(work: (key: string) => Promise<void>): (key: string) => void {
  const running = new Map<string, { again: boolean }>();
  const run = async (key: string): Promise<void> => {
    const state = { again: true };
    running.set(key, state);
    while (state.again) {
      state.again = false;
      await work(key).catch((error) => log.debug({ err: error }, 'a change could not be read'));
    }
    running.delete(key);
  };
  return (key) => {
    const state = running.get(key);
    if (state === undefined) void run(key);
    else state.again = true;
  };
}
