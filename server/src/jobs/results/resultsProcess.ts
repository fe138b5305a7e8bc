import path from 'node:path';
import { createTaskProcess, type TaskProcess } from '../../platform/taskProcess.js';
import type { ResultsSettings, ResultTask, ResultTasks } from './resultsMessages.js';

type AnyResult = ResultTasks[keyof ResultTasks]['result'];

export interface ResultsProcess {
  /**
   * Performs a task; one at a time.
   * @param onPlace called with the number of tasks before this one, at first and as they end
   * @throws PromptsegError as `TaskProcess.ask`
   */
  ask<Kind extends keyof ResultTasks>(
    kind: Kind,
    request: ResultTasks[Kind]['request'],
    onPlace?: (before: number) => void,
  ): Promise<ResultTasks[Kind]['result']>;
  /** Waits a while for the current task, then ends the process. */
  stop(): Promise<void>;
}

/** Starts the results process with the first task, and again after it ended. */
export function createResultsProcess(settings: ResultsSettings): ResultsProcess {
  const tasks: TaskProcess<ResultTask, AnyResult> = createTaskProcess({
    name: 'results',
    main: path.join(import.meta.dirname, 'resultsMain.js'),
    settings: { PROMPTSEG_RESULTS: JSON.stringify(settings) },
    tasks: 'pictures, exports and edits',
    mostWaiting: 16,
    // A picture of 160 images of 512 × 512 took 14 s on a machine with seven times its cores' load; an archive may be
    // slow.
    longestMinutes: 5,
    idleMs: 2 * 60_000,
    // An edit that is being stored may finish: it is in the archive, and would be missing from the record.
    stopGraceMs: 20_000,
  });
  return {
    async ask(kind, request, onPlace) {
      const result = await tasks.ask({ kind, request } as ResultTask, undefined, onPlace);
      return result as ResultTasks[typeof kind]['result'];
    },
    stop: tasks.stop,
  };
}
