import { once } from 'node:events';
import path from 'node:path';
import { PromptsegError } from '../../platform/errors.js';
import { createKeptProcess } from '../../platform/keptProcess.js';
import { log } from '../../platform/log.js';
import { createTurns } from '../../platform/turns.js';
import type { FromResultsProcess, ResultsSettings, ResultTask, ResultTasks } from './resultsMessages.js';

export interface ResultsProcess {
  /**
   * Performs a task; one at a time.
   * @throws PromptsegError of the task; `answers-busy` if too many wait; `answer-interrupted` if the process ended or
   * took too long
   */
  ask<Kind extends keyof ResultTasks>(
    kind: Kind,
    request: ResultTasks[Kind]['request'],
  ): Promise<ResultTasks[Kind]['result']>;
  /** Waits a while for the current task, then ends the process. */
  stop(): Promise<void>;
}

/** Each holds its request in memory; further ones are refused and may be retried. */
const mostWaiting = 16;
/**
 * A picture of 160 images of 512 × 512 took 14 s on a machine with seven times its cores' load; an archive may be slow.
 */
const longestMs = 5 * 60_000;
/** Then the process ends and frees the memory of its images. */
const idleMs = 2 * 60_000;
/** An edit that is being stored may finish: it is in the archive, and would be missing from the record. */
const stopGraceMs = 20_000;

/** Starts the results process with the first task, and again after it ended. */
export function createResultsProcess(settings: ResultsSettings): ResultsProcess {
  const child = createKeptProcess('results', path.join(import.meta.dirname, 'resultsMain.js'), {
    PROMPTSEG_RESULTS: JSON.stringify(settings),
  });
  const turns = createTurns({
    most: mostWaiting,
    refuse: (waiting) =>
      new PromptsegError('answers-busy', `${waiting} pictures, exports and edits are being processed already.`),
  });
  let idle: NodeJS.Timeout | undefined;
  let stopped = false;

  async function work(task: ResultTask): Promise<ResultTasks[keyof ResultTasks]['result']> {
    if (stopped) throw interrupted('the server is being stopped');
    clearTimeout(idle);
    const worker = child.running();
    const ending = new AbortController();
    const timeout = setTimeout(() => worker.kill('SIGKILL'), longestMs);
    try {
      const received = await Promise.race([
        once(worker, 'message', { signal: ending.signal }) as Promise<[FromResultsProcess]>,
        once(worker, 'exit', { signal: ending.signal }).then(([code, signal]) => {
          throw interrupted(`its process ended (${signal ?? `exit code ${code}`})`);
        }),
        new Promise<never>((_, reject) => worker.send(task, (error) => error && reject(interrupted(error.message)))),
      ]);
      return resultOf(received[0]);
    } finally {
      ending.abort();
      clearTimeout(timeout);
      idle = setTimeout(() => child.kill(), idleMs).unref();
    }
  }

  return {
    async ask(kind, request) {
      const result = await turns.run(() => work({ kind, request } as ResultTask));
      return result as ResultTasks[typeof kind]['result'];
    },

    async stop() {
      stopped = true;
      clearTimeout(idle);
      let patience: NodeJS.Timeout | undefined;
      await Promise.race([turns.ended(), new Promise((resolve) => (patience = setTimeout(resolve, stopGraceMs)))]);
      clearTimeout(patience);
      await child.end();
    },
  };
}

const interrupted = (why: string): PromptsegError =>
  new PromptsegError('answer-interrupted', `The request could not be completed: ${why}.`);

function resultOf(received: FromResultsProcess): ResultTasks[keyof ResultTasks]['result'] {
  if (received.type === 'result') return received.result;
  const { code, detail, details } = received.problem;
  if (received.unforeseen !== undefined) log.error({ failure: received.unforeseen }, 'a task failed unexpectedly');
  throw new PromptsegError(code, detail, { details });
}
