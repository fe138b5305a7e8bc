/** The thread of `ruleReader.ts`. */

import { parentPort } from 'node:worker_threads';
import { PromptsegError } from '../../platform/errors.js';
import { readRules } from './parseRules.js';
import type { RuleProblem } from './ruleProblems.js';
import type { ReadingOutcome, ReadingTask } from './ruleReader.js';

parentPort?.on('message', ({ as, input }: ReadingTask) => parentPort?.postMessage(outcomeOf(as, input)));
parentPort?.postMessage('ready');

function outcomeOf(as: ReadingTask['as'], input: unknown): ReadingOutcome {
  try {
    return { value: readRules(as, input) };
  } catch (error) {
    if (error instanceof PromptsegError && error.code === 'rule-invalid')
      return { problems: error.details.problems as readonly RuleProblem[] };
    throw error;
  }
}
