import { readFile } from 'node:fs/promises';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed A test file that does not start counts as one.
 * @property {number} skipped
 */

/**
 * @param {string} file Output of `jest --json --outputFile`.
 * @returns {Promise<Counts>} One failure if Jest ended without it.
 */
export async function jestCounts(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const result = JSON.parse(text);
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/**
 * @param {string} file Output of `pytest --junit-xml`.
 * @returns {Promise<Counts>} Zeros if pytest was not run.
 */
export async function pytestCounts(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 0, skipped: 0 };
  const suite = /<testsuite [^>]*>/.exec(text)?.[0] ?? '';
  const attribute = (/** @type {string} */ name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = attribute('failures') + attribute('errors');
  const skipped = attribute('skipped');
  return { passed: attribute('tests') - failed - skipped, failed, skipped };
}

/**
 * @param {readonly Counts[]} counts
 * @returns {string} "12 passed, 0 failed, 1 skipped"
 */
export function sumUp(counts) {
  const sum = (/** @type {keyof Counts} */ key) => counts.reduce((total, each) => total + each[key], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`;
}
