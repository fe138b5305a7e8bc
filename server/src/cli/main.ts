import { Command } from 'commander';
import { type ConfigOptions, readConfig } from '../platform/config.js';
import { errorForLog } from '../platform/errorForLog.js';
import { toProblem } from '../platform/errors.js';
import { endAtUncaughtErrors } from '../platform/log.js';
import { softwareVersion } from '../platform/softwareVersion.js';
import { addAuditCommands } from './audit.js';
import { addCohortCommand } from './cohort.js';
import { addCompareCommand } from './compare.js';
import { addDatasetCommand } from './dataset.js';
import { addDoctorCommand } from './doctor.js';
import { addDownloadCommand } from './download.js';
import { addEvaluateCommand } from './evaluate.js';
import { addExamples } from './helpExamples.js';
import { addJobsCommand } from './jobs.js';
import { addKeyCommands } from './keys.js';
import { addMcpCommand } from './mcp.js';
import { addMigrateCommand } from './migrate.js';
import { addModelCommands } from './models.js';
import { runsJobs, runsServer } from './options.js';
import { addScriptCommands } from './packageScripts.js';
import { addRefineCommand } from './refine.js';
import { addRuleCommands } from './rules.js';
import { addSegmentCommand } from './segment.js';
import { serve } from './serve.js';
import { addStudyCommands } from './studies.js';
import { print, say } from './terminal/print.js';
import { runWorker } from './worker.js';

export const program = new Command('promptseg')
  .description('Type what you want to see; get a DICOM SEG in the PACS. Research use only.')
  .version(softwareVersion, '--version', 'print the version')
  .showHelpAfterError('List commands and options with --help.');

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

const addCommands = [
  addSegmentCommand,
  addRefineCommand,
  addCompareCommand,
  addCohortCommand,
  addStudyCommands,
  addJobsCommand,
  addDownloadCommand,
  addDatasetCommand,
  addModelCommands,
  addEvaluateCommand,
  addRuleCommands,
  addKeyCommands,
  addAuditCommands,
  addMcpCommand,
  addMigrateCommand,
  addDoctorCommand,
  addScriptCommands,
];
for (const add of addCommands) add(program);
addExamples(program);

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

/** Runs the command line. Prints an error as a sentence and a next step, and sets the exit code. */
export async function run(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    const problem = toProblem(error);
    if (process.argv.includes('--json')) print(true, problem, () => '');
    else say(`${problem.detail}\n${problem.nextStep}`);
    if (problem.code === 'internal') say(JSON.stringify(errorForLog(error)));
    // 130, as for a program ended by Ctrl-C, so that a shell's loop ends too.
    process.exitCode = problem.code === 'cancelled' ? 130 : 1;
  }
}
