import type { Command } from 'commander';
import { type ConfigOptions, readConfig } from '../platform/config.js';
import { endAtUncaughtErrors } from '../platform/log.js';
import { runsJobs, runsServer } from './options.js';
import { serve } from './serve.js';
import { runWorker } from './worker.js';

/** Adds `promptseg serve` and `promptseg worker`, which run until they are stopped. */
export function addRunningCommands(program: Command): void {
  runsServer(program.command('serve'))
    .description('run the server: REST API, viewer, queue and worker')
    .option('--no-worker', 'run no jobs; `promptseg worker` runs them (needs DATABASE_URL)')
    .action(async ({ worker, ...options }: ConfigOptions & { worker: boolean }) => {
      endAtUncaughtErrors();
      const server = await serve(readConfig(options), { withWorker: worker });
      process.stdout.write(`${JSON.stringify({ event: 'listening', url: server.url })}\n`);
      stopOnSignal(server);
    });

  runsJobs(program.command('worker'))
    .description('run jobs from the PostgreSQL database of DATABASE_URL on this machine')
    .action(async (options: ConfigOptions) => {
      endAtUncaughtErrors();
      const worker = await runWorker(readConfig(options));
      process.stdout.write(`${JSON.stringify({ event: 'waiting' })}\n`);
      stopOnSignal(worker);
    });
}

function stopOnSignal(running: { stop(): Promise<void> }): void {
  const stop = (): void => {
    running.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
