import { describe, expect, it } from '@jest/globals';
import type { RuleVersion } from '#contract/rule.js';
import { chooseRules, prepareRules } from './chooseRules.js';
import { descriptionOf } from './description.testSupport.js';
import { parseRule } from './parseRules.js';
import { hashOf, workHashOf } from './ruleIdentity.js';

function versionOf(name: string, modality: string, more = {}): RuleVersion {
  const rule = parseRule({ name, prompts: ['x'], match: { attribute: 'Modality', equals: modality }, ...more });
  return {
    rule,
    version: 1,
    hash: hashOf(rule),
    workHash: workHashOf(rule),
    origin: 'api',
    since: new Date(0).toISOString(),
  };
}

const namesChosen = (versions: readonly RuleVersion[]): string[] =>
  chooseRules(prepareRules(versions), descriptionOf()).map(({ version }) => version.rule.name);

describe('the rules for a series', () => {
  it('are all that match, in their order', () => {
    expect(namesChosen([versionOf('a', 'MR'), versionOf('b', 'CT'), versionOf('c', 'MR')])).toEqual(['a', 'c']);
  });

  it('leave out what is not enabled, which stops nobody', () => {
    const asleep = versionOf('a', 'MR', { enabled: false, afterMatch: 'stop' });
    expect(namesChosen([asleep, versionOf('b', 'MR')])).toEqual(['b']);
  });

  it('end with one that matches and says stop', () => {
    const stop = { afterMatch: 'stop' };
    expect(namesChosen([versionOf('a', 'CT', stop), versionOf('b', 'MR', stop), versionOf('c', 'MR')])).toEqual(['b']);
  });
});

describe('the hash of the work', () => {
  const work = (more: object) => workHashOf(versionOf('a', 'MR', more).rule);
  it('changes with what a job makes, and with nothing else', () => {
    const before = work({});
    expect(
      work({ description: 'd', enabled: false, limits: { perHour: 3 }, timeWindow: { from: '01:00', to: '02:00' } }),
    ).toBe(before);
    const spelledOut = { segmentation: 'binary', secondaryCapture: false, report: false };
    expect(work({ prompts: ['X'], output: spelledOut, destinations: ['source'] })).toBe(before);
    for (const more of [
      { prompts: ['y'] },
      { model: 'head' },
      { output: { measurementReport: true } },
      { output: { secondaryCapture: true } },
      { output: { report: true } },
      { destinations: ['source', 'a'] },
    ])
      expect(work(more)).not.toBe(before);
  });
});
