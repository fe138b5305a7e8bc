import { errorForLog } from '../platform/errorForLog.js';
import { toProblem } from '../platform/errors.js';
import { createProgram } from './program.js';
import { print, say } from './terminal/print.js';

/** Runs the command line. Prints an error as a sentence and a next step, and sets the exit code. */
export async function run(): Promise<void> {
  try {
    const program = await createProgram(process.argv[2]);
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
