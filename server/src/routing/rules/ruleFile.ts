import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '#contract/problem.js';
import type { Rule } from '#contract/rule.js';
import { PromptsegError, toProblem } from '../../platform/errors.js';
import { log } from '../../platform/log.js';
import { parseRuleSetText } from './parseRules.js';
import type { RuleStore } from './ruleStore.js';
import { requireNotTooWide } from './tooWide.js';

/** State of the rule file. */
export interface RuleFileState {
  /** Its name without the folders. */
  readonly file: string;
  /** `valid`: its rules are in use. `refused`: it cannot be used as it is; the previous rules stay in use. */
  readonly state: 'valid' | 'refused';
  /** When this was detected. */
  readonly since: string;
  /** Why it is refused, with every position. */
  readonly problem?: Problem;
}

export interface FollowedRuleFile {
  readonly state: () => RuleFileState;
  stop(): Promise<void>;
}

/**
 * Polling once a second, because file system notifications do not work on network drives, Docker bind mounts and
 * Kubernetes config maps, and stop when an editor writes a new file and renames it.
 */
const lookEveryMs = 1000;

/**
 * Keeps the rules with the origin `file` equal to those in a file, now and after each change of it. Either all of its
 * rules become valid, or none.
 *
 * An invalid version is refused and reported in the log and the state; the previous rules stay in use, even after a
 * restart, because they are in the database.
 */
export async function followRuleFile(
  file: string,
  store: Pick<RuleStore, 'replaceAll'>,
  everyMs = lookEveryMs,
): Promise<FollowedRuleFile> {
  let state: RuleFileState;
  let loaded: string | undefined;
  let seen: string | undefined;

  async function load(): Promise<void> {
    try {
      await store.replaceAll(await readRuleFile(file), 'file');
      state = { file: path.basename(file), state: 'valid', since: new Date().toISOString() };
      log.info('the rules of the rule file are valid');
    } catch (error) {
      // If the database is down, the file is not at fault: it is read again.
      if (!(error instanceof PromptsegError) || error.entry.transient) loaded = undefined;
      const problem = toProblem(error);
      state = { file: path.basename(file), state: 'refused', since: new Date().toISOString(), problem };
      log.error(
        { code: problem.code, problem: problem.detail },
        'the rule file is refused; the rules stay as they were',
      );
    }
  }

  /** An editor may still be writing: a change is read when the file was the same twice. */
  async function look(): Promise<void> {
    const now = await fingerprint(file);
    const quiet = now === seen;
    seen = now;
    if (!quiet || now === loaded) return;
    loaded = now;
    await load();
  }

  seen = loaded = await fingerprint(file);
  await load();
  let looking: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, everyMs);
  return {
    state: () => state,
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}

/** Differs after every change of the file; the same while it is not there. */
async function fingerprint(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found === undefined ? 'not there' : [found.mtimeNs, found.size, found.ino].join(' ');
}

/** Larger files are not read to the end: a rule file has at most a few hundred kilobytes of text. */
const largestFile = 2 ** 20;

/** The rules of a file. @throws PromptsegError `rule-invalid`, `rule-too-wide` */
export async function readRuleFile(file: string): Promise<readonly Rule[]> {
  const unreadable = (why: string, cause?: unknown): PromptsegError =>
    new PromptsegError('rule-invalid', `The rule file ${why}.`, { cause });
  const { size } = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(`cannot be read (${cause.code})`, cause);
  });
  if (size > largestFile) throw unreadable(`is larger than ${largestFile} bytes`);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(`cannot be read (${cause.code})`, cause);
  });
  const { rules } = parseRuleSetText(text);
  for (const rule of rules) requireNotTooWide(rule);
  return rules;
}
