import { describe, expect, it } from '@jest/globals';
import { PromptsegError } from '../../platform/errors.js';
import { parseRule, parseRuleSet, parseRuleSetText, parseRulesText } from './parseRules.js';
import type { RuleProblem } from './ruleProblems.js';

const good = { name: 'head-mr', match: { attribute: 'Modality', equals: 'MR' }, prompts: ['brain'] };

function problemsOf(parse: () => unknown): readonly RuleProblem[] {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof PromptsegError) || error.code !== 'rule-invalid') throw error;
    return error.details.problems as readonly RuleProblem[];
  }
  throw new Error('it was taken for valid');
}

describe('a rule', () => {
  it('gets what it leaves out', () => {
    expect(parseRule(good)).toEqual({
      ...good,
      enabled: true,
      destinations: ['source'],
      priority: 'routed',
      afterMatch: 'continue',
    });
  });

  it('may say everything', () => {
    const whole = {
      name: 'head-mr-3d',
      description: 'Hippocampi',
      enabled: false,
      match: { all: [{ any: [{ not: good.match }] }] },
      prompts: ['left hippocampus'],
      model: 'head',
      output: { segmentation: 'labelmap', measurementReport: true, rtStructureSet: false },
      destinations: ['source', 'research'],
      priority: 'interactive',
      timeWindow: { from: '22:00', to: '06:00' },
      limits: { perHour: 60 },
      afterMatch: 'stop',
    };
    expect(parseRule(whole)).toEqual(whole);
  });

  it.each<[string, object, string, RegExp]>([
    ['name', { name: 'Head MR' }, '/name', /a-z, 0-9 and single hyphens/],
    ['name of an address', { name: 'feed' }, '/name', /a word of the API/],
    ['missing prompts', { prompts: undefined }, '/prompts', /is missing; expected array/],
    ['no prompts', { prompts: [] }, '/prompts', /needs at least one/],
    ['unknown word', { colour: 'red' }, '/colour', /is not a word that belongs here/],
    ['unknown word of output', { output: { seg: true } }, '/output/seg', /is not a word/],
    ['kind of segmentation', { output: { segmentation: 'mesh' } }, '/output/segmentation', /binary/],
    ['time', { timeWindow: { from: '25:00', to: '06:00' } }, '/timeWindow/from', /not a time of day/],
    ['empty window', { timeWindow: { from: '06:00', to: '06:00' } }, '/timeWindow', /the same/],
    ['limit', { limits: { perHour: 0 } }, '/limits/perHour', /must be 1 or more/],
    ['priority', { priority: 'urgent' }, '/priority', /routed/],
    ['destination twice', { destinations: ['a', 'a'] }, '/destinations', /twice/],
    ['afterMatch', { afterMatch: 'halt' }, '/afterMatch', /stop/],
    [
      'match',
      { match: undefined },
      '/match',
      /is no condition: it needs just one of all, any, not, attribute, derived; it has none/,
    ],
    ['list as match', { match: [good.match] }, '/match', /is no condition/],
    ['two kinds', { match: { all: [], not: good.match } }, '/match', /it has all and not/],
    ['keyword', { match: { attribute: 'Modalty', equals: 'MR' } }, '/match/attribute', /did you mean Modality\?/],
    [
      'keyword of nothing',
      { match: { attribute: 'Gibberishword', equals: 'MR' } },
      '/match/attribute',
      /such as \(0008,103E\)$/,
    ],
    ['prototype', { match: { attribute: '__proto__', equals: 'MR' } }, '/match/attribute', /neither a DICOM keyword/],
    [
      'path',
      { match: { attribute: 'Modality.CodeValue', equals: 'MR' } },
      '/match/attribute',
      /"Modality" is not a sequence/,
    ],
    ['no test', { match: { attribute: 'Modality' } }, '/match', /needs just one of equals, oneOf, .*; it has none/],
    [
      'two tests',
      { match: { attribute: 'Modality', equals: 'MR', exists: true } },
      '/match',
      /it has equals and exists/,
    ],
    ['unknown test', { match: { attribute: 'Modality', is: 'MR' } }, '/match/is', /is not a word/],
    [
      'expression',
      { match: { attribute: 'SeriesDescription', matches: '(t1' } },
      '/match/matches',
      /not an RE2 expression: missing closing \)/,
    ],
    [
      'lookahead',
      { match: { attribute: 'SeriesDescription', matches: '(?=t1)' } },
      '/match/matches',
      /not an RE2 expression/,
    ],
    [
      'huge expression',
      { match: { attribute: 'SeriesDescription', matches: '(a{30}){30}(b{30}){35}' } },
      '/match/matches',
      /too large|repeat count/,
    ],
    [
      'range of text',
      { match: { attribute: 'SeriesDescription', atLeast: 3 } },
      '/match/atLeast',
      /this attribute is text/,
    ],
    ['number', { match: { attribute: 'SliceThickness', atMost: 'thin' } }, '/match/atMost', /is not a number/],
    [
      'equal to no number',
      { match: { attribute: 'SliceThickness', equals: 'thin' } },
      '/match/equals',
      /not a number, as SliceThickness is/,
    ],
    ['date', { match: { attribute: 'StudyDate', atMost: 'yesterday' } }, '/match/atMost', /not a date/],
    ['truth of an attribute', { match: { attribute: 'Modality', equals: true } }, '/match/equals', /text or a number/],
    ['derived name', { match: { derived: 'is4D', equals: true } }, '/match/derived', /is3D/],
    ['derived truth', { match: { derived: 'is3D', equals: 'yes' } }, '/match/equals', /is3D is true or false/],
    ['derived range', { match: { derived: 'is3D', atLeast: 1 } }, '/match/atLeast', /no range/],
    ['part', { match: { derived: 'bodyPart', equals: 'thorax' } }, '/match/equals', /chest, abdomen, pelvis/],
    [
      'deep inside',
      { match: { all: [good.match, { any: [{ not: { attribute: 'Modality', equals: [] } }] }] } },
      '/match/all/1/any/0/not/equals',
      /text nor a number/,
    ],
  ])('is refused with the place and the reason: %s', (_what, change, pointer, message) => {
    const problems = problemsOf(() => parseRule({ ...good, ...change }));
    expect(problems).toContainEqual({ pointer, message: expect.stringMatching(message) });
  });

  it('that is wrong in several places reports all of them', () => {
    expect(problemsOf(() => parseRule({ name: '-', match: {}, prompts: 3 })).map(({ pointer }) => pointer)).toEqual([
      '/name',
      '/match',
      '/prompts',
    ]);
  });
});

describe('a set of rules', () => {
  it('has no name twice', () => {
    expect(problemsOf(() => parseRuleSet({ version: 1, rules: [good, good] }))).toEqual([
      { pointer: '/rules/1/name', message: 'is the name of an earlier rule' },
    ]);
  });

  it('of another version of the language is refused', () => {
    expect(problemsOf(() => parseRuleSet({ version: 2, rules: [] }))[0]).toMatchObject({ pointer: '/version' });
  });

  it('takes a thousand rules and refuses more', () => {
    const many = (count: number) => ({
      version: 1,
      rules: Array.from({ length: count }, (_, index) => ({ ...good, name: `r-${index}` })),
    });
    expect(parseRuleSet(many(1000)).rules).toHaveLength(1000);
    expect(problemsOf(() => parseRuleSet(many(1001)))[0]).toMatchObject({ pointer: '/rules' });
  });
});

describe('a text', () => {
  it('may be YAML, JSON, one rule or a set', () => {
    expect(parseRulesText('name: a\nprompts: [x]\nmatch: { attribute: Modality, equals: MR } # head\n')).toHaveLength(
      1,
    );
    expect(parseRulesText(JSON.stringify({ version: 1, rules: [good, { ...good, name: 'b' }] }))).toHaveLength(2);
    expect(parseRuleSetText('version: 1\nrules: []\n').rules).toEqual([]);
  });

  it('keeps unquoted words and dates as they are', () => {
    const [rule] = parseRulesText(
      'name: a\nprompts: [NO, ümläut 脳]\nmatch: { attribute: StudyDate, atLeast: 2026-01-31 }\n',
    );
    expect(rule).toMatchObject({ prompts: ['NO', 'ümläut 脳'], match: { atLeast: '2026-01-31' } });
  });

  it('reports line and column', () => {
    const text = `version: 1
rules:
  - name: head
    match:
      all:
        - { attribute: Modality, equals: MR }
        - { attribute: Modalty, equals: MR }
    prompts: [brain]
    colour: red
`;
    expect(problemsOf(() => parseRuleSetText(text))).toEqual([
      {
        pointer: '/rules/0/match/all/1/attribute',
        line: 7,
        column: 24,
        message: expect.stringContaining('did you mean Modality?'),
      },
      { pointer: '/rules/0/colour', line: 9, column: 13, message: 'is not a word that belongs here' },
    ]);
  });

  it.each([
    ['nothing', '', 1],
    ['no YAML', 'version: 1\nrules: [', 2],
    ['a word twice', 'version: 1\nversion: 1\nrules: []', 2],
    ['two documents', 'version: 1\nrules: []\n---\nversion: 1\n', 3],
    ['tabs', 'version: 1\nrules:\n\t- name: a\n', 3],
  ])('that is broken is refused with its line: %s', (_what, text, line) => {
    expect(problemsOf(() => parseRuleSetText(text))[0]).toMatchObject({ line });
  });

  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    .concat(
      'bcdefghi'
        .split('')
        .map(
          (name, index) =>
            `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdefgh'[index]}`).join(', ')}]`,
        ),
    )
    .join('\n');
  it.each([
    ['a bomb of aliases', bomb, /aliases/],
    ['a circle', '&a [*a, *a]', /deep/],
    ['two circles', '&a { b: &b [*a, *b, *a], c: *b }', /deep|aliases/],
    ['brackets', '['.repeat(5_000), /deep/],
    ['nested maps', '{a: '.repeat(5_000), /deep/],
    [
      'nested conditions',
      JSON.stringify(Array.from({ length: 60 }).reduce((inner) => ({ not: inner }), good.match)),
      /deep/,
    ],
    ['megabytes', `# ${'x'.repeat(2 ** 20)}`, /longer/],
  ])('that is hostile is refused: %s', (_what, text, message) => {
    expect(problemsOf(() => parseRulesText(text))[0]?.message).toMatch(message);
  });

  it('brackets that do not nest, or are part of a text, are no depth', () => {
    const brackets = '['.repeat(100);
    const text = `# ${brackets}\n${JSON.stringify({ ...good, prompts: [brackets] })}`;
    expect(parseRulesText(text)).toMatchObject([{ prompts: [brackets] }]);
    const keys = (value: string): string => Array.from({ length: 100 }, (_, key) => `k${key}: ${value}\n`).join('');
    for (const value of ['[]', '{a: [1]}', `'['`, '|-\n  [', '>-\n  {'])
      expect(problemsOf(() => parseRulesText(keys(value)))[0]?.message).not.toMatch(/deep/);
  });

  it('a value nested a hundred thousand times deep is refused too', () => {
    let match: object = good.match;
    for (let depth = 0; depth < 100_000; depth++) match = { not: match };
    expect(problemsOf(() => parseRule({ ...good, match }))).toEqual([{ pointer: '', message: 'nest too deep' }]);
  });
});
