import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { repository } from '../setup/paths.mjs';

/** Number of lines to show of a failure: the message, and the first lines of the stack. */
const shownLines = 12;

/** Jest's output contains colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character starts each colour.
const colours = /\u001b\[\d+m/g;

/**
 * @param {readonly string[]} reports Outputs of `jest --json --outputFile`; a missing one counts as empty.
 * @returns {Promise<string>} Each failed test with its file and the start of its message; empty if all passed.
 */
export async function failuresOf(reports) {
  const failures = [];
  for (const report of reports) {
    const text = await readFile(report, 'utf8').catch(() => '{"testResults":[]}');
    for (const { name, message, assertionResults } of JSON.parse(text).testResults) {
      const file = path.relative(repository, name);
      const failed = assertionResults.filter((/** @type {{ status: string }} */ { status }) => status === 'failed');
      for (const { fullName, failureMessages } of failed)
        failures.push(`✗ ${file}: ${fullName}\n${beginning(failureMessages.join('\n'))}`);
      if (assertionResults.length === 0 && message) failures.push(`✗ ${file}\n${beginning(message)}`);
    }
  }
  return failures.join('\n');
}

/** @param {string} message */
const beginning = (message) => message.replace(colours, '').trim().split('\n').slice(0, shownLines).join('\n');
