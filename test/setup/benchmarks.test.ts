import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { median } from '../benchmarks/median.mjs';

const repository = path.resolve(import.meta.dirname, '../..');
const folder = path.join(repository, 'test/benchmarks');

/** What the build makes of a source. */
const sourceOf = (file: string): string =>
  file.replace('server/dist/contract/', 'server/contract/').replace('server/dist/', 'server/src/').replace(/js$/, 'ts');

// Nobody runs them for weeks, and what they import moves.
it('every file that a benchmark imports is there', () => {
  const imported = readdirSync(folder)
    .filter((name) => name.endsWith('.mjs'))
    .flatMap((name) =>
      [...readFileSync(path.join(folder, name), 'utf8').matchAll(/^(?:import|\} from) .*'(\.\.\/[^']+)';$/gm)].map(
        ([, to]) => path.relative(repository, path.join(folder, to!)),
      ),
    );
  expect(imported.length).toBeGreaterThan(30);
  const missing = imported.filter((file) => {
    const source = file.startsWith('server/dist/') ? sourceOf(file) : file;
    return !existsSync(path.join(repository, source));
  });
  expect(missing).toEqual([]);
});

it.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 1], 2],
  [[1, Number.POSITIVE_INFINITY, 2, Number.POSITIVE_INFINITY], Number.POSITIVE_INFINITY],
  [[], Number.NaN],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});
