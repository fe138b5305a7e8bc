import { errorTable } from '#contract/errorTable.js';
import type { Problem } from '#contract/problem.js';
import { createBell } from '../../platform/bell.js';
import { PromptsegError, toProblem } from '../../platform/errors.js';
import { log } from '../../platform/log.js';
import type { Step, Steps } from './outbox.js';

/** Times of an outbox, in milliseconds. */
export interface OutboxTiming {
  /** A step that was not extended for this long belonged to a server that died. */
  readonly leaseMs: number;
  /**
   * The longest time that a step can go unnoticed: only one that waits for a retry, or whose notification was missed.
   */
  readonly pollMs: number;
  /** Before the second attempt; doubles with each further one. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** A step that still fails this long after its first attempt is given up. */
  readonly giveUpAfterMs: number;
}

const hour = 3_600_000;
/** Three days outlast an outage over a weekend. */
export const usualOutboxTiming: OutboxTiming = {
  leaseMs: 30_000,
  pollMs: 5000,
  firstRetryMs: 10_000,
  longestRetryMs: hour,
  giveUpAfterMs: 72 * hour,
};

export interface OutboxWork {
  /** Reports that there may be new steps. */
  ring(): void;
  /** Interrupts the steps under way and returns them. */
  stop(): Promise<void>;
}

/**
 * Performs the steps of an outbox until it is stopped. Each target has its own line, so one that hangs does not hold up
 * the others.
 * @param perform throws if the step failed; its signal aborts when this server stops or loses the step. It may return
 * what it sent, for the record, or null if nothing had to be sent
 * @param unknownTarget why steps of a target that no server knows are given up
 */
export function workOutbox<S extends Step>({
  outbox,
  targets,
  perform,
  unknownTarget,
  timing = usualOutboxTiming,
}: {
  readonly outbox: Steps<S>;
  readonly targets: readonly string[];
  readonly perform: (step: S, signal: AbortSignal) => Promise<void> | Promise<string | null>;
  readonly unknownTarget: PromptsegError;
  readonly timing?: OutboxTiming;
}): OutboxWork {
  const stopping = new AbortController();
  const lines = targets.map((target) => ({ target, bell: createBell() }));
  const working = lines.map(({ target, bell }) =>
    untilStopped(bell, timing.pollMs, async () => {
      const step = await outbox.take(target, timing.leaseMs);
      if (step !== undefined) await attempt(step);
      return step !== undefined;
    }),
  );
  const sweepBell = createBell();
  const sweeping = untilStopped(sweepBell, hour / 4, async () => {
    await outbox.abandon(targets, hour, toProblem(unknownTarget));
    return false;
  });

  /** Repeats a task; if there is nothing to do, waits for the bell. */
  async function untilStopped(
    bell: ReturnType<typeof createBell>,
    waitMs: number,
    work: () => Promise<boolean>,
  ): Promise<void> {
    while (!stopping.signal.aborted) {
      const worked = await work().catch((error) => {
        log.warn({ err: error }, 'the outbox cannot be read or written');
        return false;
      });
      if (!worked && !stopping.signal.aborted) await bell.heard(waitMs);
    }
  }

  async function attempt(step: S): Promise<void> {
    const lost = new AbortController();
    const extending = setInterval(() => {
      outbox.extend(step, timing.leaseMs).then(
        (held) => held || lost.abort(),
        // The database is down. The server that takes over the step sends the same again, which is harmless.
        (error) => log.debug({ err: error }, 'a step could not be extended'),
      );
    }, timing.leaseMs / 3);
    try {
      const sent = await perform(step, AbortSignal.any([stopping.signal, lost.signal]));
      await outbox.succeed(step, sent === null ? null : sent || undefined);
    } catch (error) {
      await leave(step, error);
    } finally {
      clearInterval(extending);
    }
  }

  async function leave(step: S, error: unknown): Promise<void> {
    if (stopping.signal.aborted) {
      await outbox.putBack(step);
      return;
    }
    if (!(error instanceof PromptsegError)) log.error({ err: error }, 'a step failed unexpectedly');
    const problem = toProblem(error);
    const retryAfterMs = delayAfter(step, problem, timing);
    await outbox.fail(step, problem, retryAfterMs);
    if (retryAfterMs === undefined)
      log.warn({ target: step.target, code: problem.code, attempts: step.attempts }, 'given up');
  }

  return {
    ring() {
      for (const { bell } of lines) bell.ring();
    },
    async stop() {
      stopping.abort();
      for (const { bell } of lines) bell.ring();
      sweepBell.ring();
      await Promise.all([...working, sweeping]);
    },
  };
}

/**
 * Time until the next attempt; undefined if the step is given up. An unexpected error (`internal`) may be temporary
 * like any other.
 */
export function delayAfter(
  { attempts, triedForMs }: Pick<Step, 'attempts' | 'triedForMs'>,
  { code, details }: Pick<Problem, 'code' | 'details'>,
  { firstRetryMs, longestRetryMs, giveUpAfterMs }: OutboxTiming,
): number | undefined {
  const mayPass = errorTable[code].transient || code === 'internal';
  if (!mayPass || triedForMs >= giveUpAfterMs) return undefined;
  const asked = 1000 * Number(details.retryAfterSeconds ?? 0);
  return Math.min(longestRetryMs, Math.max(asked, firstRetryMs * 2 ** (attempts - 1)));
}
