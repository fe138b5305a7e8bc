import { randomUUID } from 'node:crypto';
import { availableParallelism, freemem, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '../../platform/log.js';
import type { WorkerDescription, WorkerRegistry, WorkerStatus } from '../records/workerRegistry.js';
import type { HeartbeatTiming } from './lostWorkers.js';

/** A worker's entry in the list of workers. */
export interface WorkerPresence {
  /** The id under which it currently takes jobs; a new one after it was lost. */
  workerId(): string;
  /** Registers under a new id, without the job that it holds under the old one. */
  registerAgain(): Promise<void>;
  /** Removes it from the list; it must hold no job. */
  stop(): Promise<void>;
}

/** Registers a worker and keeps it registered with heartbeats; under a new id if it was considered lost. */
export async function keepRegistered(
  workers: WorkerRegistry,
  description: WorkerDescription,
  { everyMs }: HeartbeatTiming,
  {
    onCancelRequested,
    onLost,
  }: {
    /** This job is to be cancelled; it may have ended meanwhile. */
    readonly onCancelRequested: (jobId: string) => void;
    /** The worker was silent for too long, and its job went to another one. */
    readonly onLost: () => void;
  },
): Promise<WorkerPresence> {
  const stopping = new AbortController();
  let id = randomUUID();
  await workers.register(id, description, status());
  const beating = beat();

  async function beat(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
      try {
        const { known, jobToCancel } = await workers.beat(id, status());
        if (!known) await comeBack();
        else if (jobToCancel !== undefined) onCancelRequested(jobToCancel);
      } catch (error) {
        log.debug({ err: error }, 'no heartbeat: the database cannot be written');
      }
    }
  }

  async function comeBack(): Promise<void> {
    log.warn('this worker was not heard for too long; its job went to another worker');
    onLost();
    await registerAgain();
  }

  async function registerAgain(): Promise<void> {
    const next = randomUUID();
    await workers.register(next, description, status());
    id = next;
  }

  return {
    workerId: () => id,
    registerAgain,
    async stop() {
      stopping.abort();
      await beating;
      await workers
        .remove(id)
        .catch((error) => log.debug({ err: error }, 'the worker could not be taken off the list'));
    },
  };
}

function status(): WorkerStatus {
  const [lastMinute = 0] = loadavg();
  return { load: lastMinute / availableParallelism(), availableMemoryBytes: freemem() };
}
