import { once } from 'node:events';
import path from 'node:path';
import type { Registration } from '#contract/registration.js';
import type { ArchiveAuthorization } from '../platform/archiveAuthorization.js';
import { PromptsegError, throwIfCancelled } from '../platform/errors.js';
import { createTaskProcess, type TaskProcess } from '../platform/taskProcess.js';
import { unusedRegistration } from '../registration/unusedRegistration.js';
import type { RegisteredSeries } from '../story/registerSeries.js';

/** Settings of the registration process, in its environment variable PROMPTSEG_REGISTRATION. */
export interface RegistrationSettings {
  readonly archiveUrl: string;
  readonly archiveAuthorization?: ArchiveAuthorization;
}

export interface RegistrationTask {
  readonly now: RegisteredSeries;
  readonly before: RegisteredSeries;
}

/** Rigid registrations of pairs of series. */
export interface Registrations {
  /**
   * The same pair gives the same registration, also after a restart; who asks for it meanwhile shares the run, which
   * ends when nobody waits for it any more. What cannot be computed is a registration that is not used.
   * @throws PromptsegError `cancelled`
   */
  register(task: RegistrationTask, signal?: AbortSignal): Promise<Registration>;
  /** Ends the process. */
  stop(): Promise<void>;
}

/** Pairs kept; each is a few hundred bytes. */
const mostKept = 500;
/**
 * Counting images does not reveal that one was replaced by another, so a registration expires. Until then, table,
 * report and list are made from the same one.
 */
const keptForMs = 60 * 60_000;

interface Entry {
  readonly at: number;
  readonly result: Promise<Registration>;
  readonly leave: AbortController;
  waiting: number;
  isDone: boolean;
}

/** @param run registers a pair; see `registrationProcess` */
export function createRegistrations(
  run: Pick<TaskProcess<RegistrationTask, Registration>, 'ask' | 'stop'>,
): Registrations {
  /** The longest unused one first. */
  const kept = new Map<string, Entry>();

  function begin(key: string, task: RegistrationTask): Entry {
    const leave = new AbortController();
    const result = run.ask(task, leave.signal);
    const entry: Entry = { at: Date.now(), result, leave, waiting: 0, isDone: false };
    const forget = (): void => {
      if (kept.get(key) === entry) kept.delete(key);
    };
    result.then(() => {
      entry.isDone = true;
    }, forget);
    kept.set(key, entry);
    for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - mostKept))) kept.delete(oldest);
    return entry;
  }

  return {
    async register(task, signal) {
      const key = JSON.stringify([task.now, task.before]);
      const known = kept.get(key);
      const isFresh = known !== undefined && !known.leave.signal.aborted && Date.now() - known.at < keptForMs;
      const entry = isFresh ? known : begin(key, task);
      entry.waiting++;
      try {
        return await withoutWaitingFor(entry.result, signal);
      } catch (error) {
        if (!(error instanceof PromptsegError) || error.code === 'cancelled') throw error;
        return unusedRegistration('failed', error.message);
      } finally {
        entry.waiting--;
        if (entry.waiting === 0 && !entry.isDone) entry.leave.abort();
      }
    },
    stop: run.stop,
  };
}

/** The result, or an error as soon as the signal aborts. @throws PromptsegError `cancelled` */
async function withoutWaitingFor<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result;
  throwIfCancelled(signal);
  const ended = new AbortController();
  const left = once(signal, 'abort', { signal: ended.signal }).then(() => throwIfCancelled(signal) as never);
  try {
    return await Promise.race([result, left]);
  } finally {
    left.catch(() => {});
    ended.abort();
  }
}

/** The process that registers; it starts with the first pair. */
export function registrationProcess({
  archiveUrl,
  archiveAuthorization,
}: RegistrationSettings): TaskProcess<RegistrationTask, Registration> {
  const settings: RegistrationSettings = { archiveUrl, ...(archiveAuthorization && { archiveAuthorization }) };
  return createTaskProcess({
    name: 'registration',
    main: path.join(import.meta.dirname, 'registrationMain.js'),
    settings: { PROMPTSEG_REGISTRATION: JSON.stringify(settings) },
    tasks: 'registrations',
    mostWaiting: 8,
    longestMinutes: 5,
    idleMs: 30_000,
    stopGraceMs: 0,
  });
}
