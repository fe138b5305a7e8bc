import { readRules } from './parseRules.js';
import type { RuleReader } from './ruleReader.js';

/** A reader in this thread: a separate thread needs the built program. */
export const readHere: RuleReader = { read: async (as, input) => readRules(as, input), stop: async () => {} };
