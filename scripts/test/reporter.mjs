import path from 'node:path';
import { repository } from '../setup/paths.mjs';
import { seconds } from './slowest.mjs';

/** A long-running file is reported at this interval. */
const signOfLifeMs = 60_000;

/**
 * Jest's reporter of a whole run: one line when a file starts, one when it ends with its duration, and all failures.
 * Warnings of tests (what they skip, and why) are printed without the stack that Jest adds.
 */
export default class Reporter {
  /** File → start time. @type {Map<string, number>} */
  #running = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  #signsOfLife;

  onRunStart() {
    this.#signsOfLife = setInterval(() => {
      for (const [file, begin] of this.#running) console.log(`… ${file}  ${seconds(Date.now() - begin)}`);
    }, signOfLifeMs);
  }

  /** @param {{ path: string }} test */
  onTestFileStart(test) {
    const file = path.relative(repository, test.path);
    this.#running.set(file, Date.now());
    console.log(`▶ ${file}`);
  }

  /**
   * @param {{ path: string }} test
   * @param {import('@jest/test-result').TestResult} result
   */
  onTestFileResult(test, result) {
    const file = path.relative(repository, test.path);
    const took = seconds(Date.now() - (this.#running.get(file) ?? Date.now()));
    this.#running.delete(file);
    for (const { type, message } of result.console ?? [])
      if (type === 'warn' || type === 'error') console.log(message.trimEnd());
    const failed = result.numFailingTests > 0 || result.testExecError !== undefined;
    const skipped = result.numPendingTests + result.numTodoTests;
    const counts = [
      `${result.numPassingTests} passed`,
      ...(result.numFailingTests > 0 ? [`${result.numFailingTests} failed`] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ];
    console.log(`${failed ? '✗' : '✓'} ${file}  ${took}, ${counts.join(', ')}`);
    if (result.failureMessage) console.log(result.failureMessage);
  }

  onRunComplete() {
    clearInterval(this.#signsOfLife);
  }
}
