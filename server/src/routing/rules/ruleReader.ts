import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Rule, RuleSet } from '#contract/rule.js';
import { PromptsegError } from '../../platform/errors.js';
import { log } from '../../platform/log.js';
import { createTurns } from '../../platform/turns.js';
import { type RuleProblem, throwInvalid } from './ruleProblems.js';

/** What to read: one rule, a set of rules, or either. */
export interface RuleReadings {
  readonly rule: Rule;
  readonly set: RuleSet;
  readonly any: readonly Rule[];
}

/**
 * Reads rules sent by a client: a text in YAML or JSON, or a value.
 * @throws PromptsegError `rule-invalid` with every position and reason, also if reading takes too long; `answers-busy`
 */
export interface RuleReader {
  read<Kind extends keyof RuleReadings>(as: Kind, input: unknown): Promise<RuleReadings[Kind]>;
  stop(): Promise<void>;
}

/** The thread's input and output, passed by structured clone. */
export interface ReadingTask {
  readonly as: keyof RuleReadings;
  readonly input: unknown;
}
export type ReadingOutcome =
  | { readonly value: RuleReadings[keyof RuleReadings] }
  | { readonly problems: readonly RuleProblem[] };

/** A thousand ordinary rules take 0.3 s. */
const longestMs = 5000;
const mostWaiting = 16;
const resourceLimits = { maxOldGenerationSizeMb: 256 };

/**
 * Reads in a thread that is terminated if it takes too much time or memory: no reasonable limit on the length keeps the
 * YAML library from taking seconds for a hostile text, and the server's event loop must not be blocked. The thread
 * starts with the first text, and again after it was terminated.
 */
export function createRuleReader(): RuleReader {
  let thread: Promise<Worker> | undefined;
  const turns = createTurns({
    most: mostWaiting,
    refuse: (waiting) => new PromptsegError('answers-busy', `${waiting} sets of rules are being read already.`),
  });

  function start(): Promise<Worker> {
    const started = new Worker(new URL('./ruleReaderThread.js', import.meta.url), { resourceLimits });
    started.unref();
    // It may run out of memory just when its time is over and nothing listens any more: without a listener that would
    // end the server.
    started.on('error', (error) => log.warn({ err: error }, 'the thread that reads rules ended'));
    const ready = once(started, 'message').then(() => started);
    started.once('exit', () => {
      if (thread === ready) thread = undefined;
    });
    return ready;
  }

  async function work(task: ReadingTask): Promise<ReadingOutcome> {
    thread ??= start();
    const reader = await thread.catch((cause) => {
      throw new PromptsegError('answers-busy', 'Rules cannot be read now: their thread did not start.', { cause });
    });
    const ending = new AbortController();
    const timeout = setTimeout(() => ending.abort(), longestMs);
    reader.postMessage(task);
    try {
      // `once` throws the error that ends the thread, such as a lack of memory.
      const [outcome] = (await once(reader, 'message', { signal: ending.signal })) as [ReadingOutcome];
      return outcome;
    } catch {
      thread = undefined;
      await reader.terminate();
      return { problems: [{ pointer: '', message: 'take too long to read' }] };
    } finally {
      clearTimeout(timeout);
    }
  }

  return {
    async read(as, input) {
      const outcome = await turns.run(() => work({ as, input }));
      if ('problems' in outcome) throwInvalid(outcome.problems);
      return outcome.value as RuleReadings[typeof as];
    },

    async stop() {
      const reader = await thread?.catch(() => undefined);
      await reader?.terminate();
    },
  };
}
