import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { repository } from '../setup/paths.mjs';

/** @param {number} milliseconds */
export const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

/**
 * @param {readonly string[]} reports Outputs of `jest --json --outputFile`; a missing one counts as empty.
 * @returns {Promise<string>} The ten slowest test files, one per line.
 */
export async function slowestFiles(reports) {
  const files = [];
  for (const report of reports) {
    const text = await readFile(report, 'utf8').catch(() => '{"testResults":[]}');
    for (const { name, startTime, endTime } of JSON.parse(text).testResults)
      files.push({ file: path.relative(repository, name), took: endTime - startTime });
  }
  const slowest = files.sort((a, b) => b.took - a.took).slice(0, 10);
  return slowest.map(({ file, took }) => `${seconds(took).padStart(9)}  ${file}`).join('\n');
}
