import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';

/** What a command ended with. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program. */
export const program = path.resolve(import.meta.dirname, '../../server/bin/promptseg.mjs');

/** Runs `promptseg` with these words, as a shell does. */
export const promptseg = (...words: readonly string[]): Promise<Ended> =>
  promisify(execFile)(process.execPath, [program, ...words], { maxBuffer: 2 ** 26 }).then(
    ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ status: code, stdout, stderr }),
  );

export interface CommandLine {
  /** Runs `promptseg` with these words, after the commands before. @throws Error if it ends the process */
  run(...words: readonly string[]): Promise<Ended>;
  stop(): void;
}

/**
 * The built command line in one process for all commands of a test file, which begins with the first of them: to start
 * Node.js and load a command takes more processor time than most commands. That a command ends its own process, and
 * with which code, is seen where the program itself is started: in at least one test of each file.
 */
export function startCommandLine(): CommandLine {
  let child: ChildProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const runNow = async (words: readonly string[]): Promise<Ended> => {
    child ??= fork(path.join(import.meta.dirname, 'runCommands.mjs'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const listening = new AbortController();
    const { signal } = listening;
    try {
      child.send(words);
      return await Promise.race([
        once(child, 'message', { signal }).then(([ended]) => ended as Ended),
        once(child, 'exit', { signal }).then(([code]) => {
          child = undefined;
          throw new Error(`promptseg ${words.join(' ')} ended the process with ${code}`);
        }),
      ]);
    } finally {
      listening.abort();
    }
  };
  return {
    run(...words) {
      const ended = last.then(() => runNow(words));
      last = ended.catch(() => undefined);
      return ended;
    },
    stop: () => void child?.kill(),
  };
}
