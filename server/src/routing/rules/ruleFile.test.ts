import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Rule } from '#contract/rule.js';
import { PromptsegError } from '../../platform/errors.js';
import { type FollowedRuleFile, followRuleFile } from './ruleFile.js';

let folder: string;
let file: string;
let followed: FollowedRuleFile | undefined;
/** The rules that were made valid, one list after another. */
let replaced: string[][];
/** What keeping them throws. */
let trouble: PromptsegError | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-rules-'));
  file = path.join(folder, 'rules.yaml');
  replaced = [];
  trouble = undefined;
});
afterEach(async () => {
  await followed?.stop();
  await rm(folder, { recursive: true });
});

const store = {
  async replaceAll(rules: readonly Rule[]) {
    if (trouble !== undefined) throw trouble;
    replaced.push(rules.map(({ name }) => name));
    return [];
  },
};
const textOf = (...names: string[]): string =>
  ['version: 1', 'rules:']
    .concat(names.map((name) => `  - { name: ${name}, prompts: [x], match: { attribute: Modality, equals: MR } }`))
    .concat('')
    .join('\n');
const follow = async (): Promise<FollowedRuleFile> => {
  followed = await followRuleFile(file, store, 5);
  return followed;
};

/** The test's own limit ends the wait. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

describe('the rule file', () => {
  it('is valid at the start, and again whenever it changes', async () => {
    await writeFile(file, textOf('a'));
    const { state } = await follow();
    expect(state()).toMatchObject({ file: 'rules.yaml', state: 'valid' });
    await writeFile(file, textOf('a', 'b'));
    await until(() => replaced.length === 2);
    // As editors do it.
    await writeFile(`${file}.new`, textOf('c'));
    await rename(`${file}.new`, file);
    await until(() => replaced.length === 3);
    expect(replaced).toEqual([['a'], ['a', 'b'], ['c']]);
    expect(state().state).toBe('valid');
  });

  it('that is not valid is refused with its places, and leaves the rules as they were', async () => {
    await writeFile(file, textOf('a'));
    const { state } = await follow();
    await writeFile(file, textOf('a', 'B!'));
    await until(() => state().state === 'refused');
    expect(state().problem).toMatchObject({
      code: 'rule-invalid',
      details: { problems: [{ pointer: '/rules/1/name', line: 4, column: 13 }] },
    });
    expect(replaced).toEqual([['a']]);
    await writeFile(file, textOf('a', 'b'));
    await until(() => state().state === 'valid');
    expect(replaced).toEqual([['a'], ['a', 'b']]);
    expect(state().problem).toBeUndefined();
  });

  it('may be missing at the start or for a while', async () => {
    const { state } = await follow();
    expect(state()).toMatchObject({ state: 'refused', problem: { detail: 'The rule file cannot be read (ENOENT).' } });
    await writeFile(file, textOf('a'));
    await until(() => state().state === 'valid');
    await rm(file);
    await until(() => state().state === 'refused');
    expect(replaced).toEqual([['a']]);
  });

  it('must say that a rule is meant to match everything', async () => {
    await writeFile(file, 'version: 1\nrules: [{ name: all, prompts: [x], match: { all: [] } }]');
    const { state } = await follow();
    expect(state()).toMatchObject({ state: 'refused', problem: { code: 'rule-too-wide' } });
    await writeFile(file, 'version: 1\nrules: [{ name: all, everySeries: true, prompts: [x], match: { all: [] } }]');
    await until(() => state().state === 'valid');
  });

  it('is read again where the database was down', async () => {
    trouble = new PromptsegError('database-unreachable', 'The database does not respond.');
    await writeFile(file, textOf('a'));
    const { state } = await follow();
    expect(state()).toMatchObject({ state: 'refused', problem: { code: 'database-unreachable' } });
    trouble = undefined;
    await until(() => state().state === 'valid');
    expect(replaced).toEqual([['a']]);
  });
});
