import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';

const repository = path.resolve(import.meta.dirname, '../..');

/** Words that sound translated, or that speak of programs as of persons. Identifiers are searched word by word. */
const banned = [
  'anew',
  'mend(s|ed|ing|able)?',
  '(by|for) (itself|themselves|himself)',
  'of its own accord',
  'stand(s|ing)? alone',
  'suffice[sd]?',
  '(un)?answer(s|ed|ing|able)?',
  'tell(s|ing)?',
  'told',
  'li(e|es|ying)',
  'in spite of',
  'whichever',
  'whoever',
  'what (came|became) of',
  'by whom',
  'the way to stop',
  'does no harm',
  '(is|are|was|were) away(?! from)',
].join('|');
const pattern = new RegExp(`(?<![A-Za-z])(${banned})(?![A-Za-z])`, 'i');

/** Names of the API, the error table and released versions of the database, and a product's name. */
const contract = new RegExp(
  [
    '(answers-busy|recognition-unanswered|answer-interrupted|archive-broken-answer|webhook-unanswered)',
    // Members of a job's `recognition`.
    '\\b(unanswered\\b|answered(?=[:,}]| \\?\\?))',
    'tell_job_change|told_at',
    'VoxTell',
    // Python's position in a file.
    'buffer\\.tell\\(\\)',
  ].join('|'),
  'g',
);

/** This list itself, and lists of words that people type. */
const exempt = new Set([
  'test/setup/english.test.ts',
  'server/src/prompts/wordRoles.ts',
  'models/tools/training/phrases.py',
]);
const read = /\.(ts|tsx|mjs|js|py|md|css|html|yml|toml|cff)$|(^|\/)(Dockerfile|run)$/;

/** Data: nothing in them can be wrapped, or must not change. */
const mayBeLonger: readonly (readonly [file: RegExp, why: string])[] = [
  [/\.json$/, 'JSON cannot break a string; its tables are written by programs'],
  [/\.tsv$/, 'a table has a record to a line'],
  [/^server\/src\/database\/migrations\.ts$/, 'migrations that shipped keep their bytes'],
  [/^LICENSE$/, 'the text of the licence'],
];

const filesOfRepository = (): readonly string[] =>
  execFileSync('git', ['ls-files', '-z'], { cwd: repository, encoding: 'utf8' }).split('\0').filter(Boolean);

const wordsOf = (line: string): string =>
  line
    .replaceAll(contract, '')
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, ' ')
    .replaceAll('_', ' ');

it('no text has a word that CONTRIBUTING.md bans', () => {
  const texts = filesOfRepository().filter((file) => read.test(file) && !exempt.has(file));
  expect(texts.length).toBeGreaterThan(1000);
  const found = texts.flatMap((file) =>
    readFileSync(path.join(repository, file), 'utf8')
      .split('\n')
      .flatMap((line, at) => (pattern.test(wordsOf(line)) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

it('lines that people write end at 120 columns', () => {
  const found = filesOfRepository()
    .filter((file) => !mayBeLonger.some(([exempted]) => exempted.test(file)))
    .map((file) => ({ file, bytes: readFileSync(path.join(repository, file)) }))
    .filter(({ bytes }) => !bytes.includes(0))
    .flatMap(({ file, bytes }) =>
      bytes
        .toString('utf8')
        .split('\n')
        .flatMap((line, at) => ([...line].length > 120 ? [`${file}:${at + 1}: ${line.slice(0, 60)}…`] : [])),
    );
  expect(found).toEqual([]);
});

it('the search finds what it is for, in sentences and in names', () => {
  const said = [
    'It tells why.',
    'const lastAnswer = 1',
    'def test_sides_are_told_apart():',
    'The voxel lies outside.',
    'The archive was away.',
  ];
  expect(said.filter((line) => pattern.test(wordsOf(line)))).toEqual(said);
  const meant = [
    '`recognition-unanswered`',
    'VoxTell',
    'told_at timestamptz',
    'deliver, believes, client, amend, is away from',
  ];
  expect(meant.filter((line) => pattern.test(wordsOf(line)))).toEqual([]);
});
