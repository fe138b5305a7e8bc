import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { childArguments, childEnvironment } from './childEnvironment.js';
import { log } from './log.js';

/** A child process that is started when first needed, and again after it has ended. */
export interface KeptProcess {
  /** The running process, started if there is none. */
  running(): ChildProcess;
  /** The end of the latest process's standard error, where V8 states why it ends. */
  lastWords(): string;
  /** Kills it; the next use starts another. */
  kill(): void;
  /** Kills it and waits until it has ended. */
  end(): Promise<void>;
}

const lastWordsKept = 8000;

/**
 * @param name for the log, for example "worker"
 * @param main the path of the program; messages to and from it are passed by structured clone
 * @param settings environment variables of the process beside those that every child gets
 */
export function createKeptProcess(name: string, main: string, settings: Readonly<Record<string, string>>): KeptProcess {
  let child: ChildProcess | undefined;
  let lastWords = '';

  const start = (): ChildProcess => {
    const started = fork(main, {
      serialization: 'advanced',
      execArgv: childArguments(),
      env: childEnvironment(settings),
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    lastWords = '';
    started.stderr?.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk);
      lastWords = (lastWords + chunk.toString()).slice(-lastWordsKept);
    });
    const forget = (): void => {
      if (child === started) child = undefined;
    };
    started.once('exit', forget);
    // The process could not be started: no memory, or too many processes. Without a listener this would end the server.
    started.on('error', (error) => {
      log.error({ err: error }, `the ${name} process cannot be used`);
      forget();
    });
    return started;
  };

  return {
    running: () => (child ??= start()),
    lastWords: () => lastWords,
    kill() {
      child?.kill('SIGKILL');
      child = undefined;
    },
    async end() {
      if (child === undefined) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
