import { once } from 'node:events';
import type { Problem } from '#contract/problem.js';
import { errorForLog, type LoggedError } from './errorForLog.js';
import { PromptsegError, throwIfCancelled, toProblem } from './errors.js';
import { createKeptProcess } from './keptProcess.js';
import { log } from './log.js';
import { createTurns } from './turns.js';

/** A child process that performs tasks, one at a time. It starts with the first task, and again after it ended. */
export interface TaskProcess<Task, Result> {
  /**
   * @param signal ends the process if it performs this task
   * @param onPlace called with the number of tasks before this one, at first and as they end
   * @throws PromptsegError of the task; `answers-busy` if too many wait; `answer-interrupted` if the process ended or
   * took too long; `cancelled`
   */
  ask(task: Task, signal?: AbortSignal, onPlace?: (before: number) => void): Promise<Result>;
  /** Waits a while for the current task, then ends the process. */
  stop(): Promise<void>;
}

export interface TaskProcessOptions {
  /** For the log, for example "results". */
  readonly name: string;
  /** The path of the program, which calls {@link performTasks}. */
  readonly main: string;
  /** Environment variables of the process beside those that every child gets. */
  readonly settings: Readonly<Record<string, string>>;
  /** What waits, for the refusal: "pictures, exports and edits". */
  readonly tasks: string;
  /** Each holds its request in memory; further ones are refused and may be retried. */
  readonly mostWaiting: number;
  readonly longestMinutes: number;
  /** Then the process ends and frees its memory. */
  readonly idleMs: number;
  /** What the current task gets when the server stops. */
  readonly stopGraceMs: number;
}

/** The process's message about its one task. */
type FromTaskProcess<Result> =
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'problem'; readonly problem: Problem; readonly unforeseen?: LoggedError };

export function createTaskProcess<Task extends object, Result>({
  name,
  main,
  settings,
  tasks,
  mostWaiting,
  longestMinutes,
  idleMs,
  stopGraceMs,
}: TaskProcessOptions): TaskProcess<Task, Result> {
  const child = createKeptProcess(name, main, settings);
  const turns = createTurns({
    most: mostWaiting,
    refuse: (waiting) => new PromptsegError('answers-busy', `${waiting} ${tasks} are being processed already.`),
  });
  let idle: NodeJS.Timeout | undefined;
  let stopped = false;

  async function perform(task: Task, signal?: AbortSignal): Promise<Result> {
    if (stopped) throw interrupted('the server is being stopped');
    throwIfCancelled(signal);
    clearTimeout(idle);
    const worker = child.running();
    const ending = new AbortController();
    const until = { signal: ending.signal };
    let isLate = false;
    const timeout = setTimeout(() => {
      isLate = true;
      worker.kill('SIGKILL');
    }, longestMinutes * 60_000);
    const leave = (): void => child.kill();
    signal?.addEventListener('abort', leave, { once: true });
    try {
      const [received] = await Promise.race([
        once(worker, 'message', until) as Promise<[FromTaskProcess<Result>]>,
        once(worker, 'exit', until).then(([code, killedBy]) => {
          throwIfCancelled(signal);
          if (isLate) throw interrupted(`it took longer than ${longestMinutes} minutes`);
          throw interrupted(`its process ended (${killedBy ?? `exit code ${code}`})`);
        }),
        new Promise<never>((_, reject) => worker.send(task, (error) => error && reject(interrupted(error.message)))),
      ]);
      return resultOf(received);
    } finally {
      ending.abort();
      signal?.removeEventListener('abort', leave);
      clearTimeout(timeout);
      idle = setTimeout(() => child.kill(), idleMs).unref();
    }
  }

  return {
    ask: (task, signal, onPlace) => turns.run(() => perform(task, signal), onPlace),

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

function resultOf<Result>(received: FromTaskProcess<Result>): Result {
  if (received.type === 'result') return received.result;
  const { code, detail, details } = received.problem;
  if (received.unforeseen !== undefined) log.error({ failure: received.unforeseen }, 'a task failed unexpectedly');
  throw new PromptsegError(code, detail, { details });
}

/**
 * In the child: performs each task that arrives, and sends back its result or problem. The process ends with the
 * server, and only then: a signal to the whole group must not end a task that the server waits for.
 */
export function performTasks<Task, Result>(perform: (task: Task) => Promise<Result>): void {
  const send = (message: FromTaskProcess<Result>): void => void process.send?.(message);
  process.on('message', async (task: Task) => {
    try {
      send({ type: 'result', result: await perform(task) });
    } catch (error) {
      const isForeseen = error instanceof PromptsegError;
      send({ type: 'problem', problem: toProblem(error), ...(!isForeseen && { unforeseen: errorForLog(error) }) });
    }
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  process.on('disconnect', () => process.exit(0));
}
