import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';

const dist = path.resolve(import.meta.dirname, '../../viewer-extension/dist/extension');
/** 80 KiB. */
const limitBytes = 80 * 1024;

const read = (file: string): Buffer => readFileSync(path.join(dist, file));
const gzipped = (file: string): number => gzipSync(read(file), { level: 9 }).length;

/** The file and what it imports before it runs; `import()` fetches a file only where it is needed. */
function fetchedWith(file: string, known: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  const imported = read(file)
    .toString('utf8')
    .matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g);
  let all: ReadonlySet<string> = new Set([...known, file]);
  for (const [, other] of imported) if (!all.has(other!)) all = fetchedWith(other!, all);
  return all;
}

it('the extension that every page load of the viewer fetches stays small, its mode with it', () => {
  const first = ['segment-by-text.js', 'segment-by-text-mode.js'];
  const fetched = [...fetchedWith(first[1]!, fetchedWith(first[0]!))];
  const later = readdirSync(dist).filter((name) => name.endsWith('.js') && !fetched.includes(name));
  // What few open is fetched when it is opened.
  expect(later.map((name) => /^segment-by-text-([A-Za-z]+)-/.exec(name)?.[1])).toEqual(
    expect.arrayContaining(['german', 'later', 'encodeSegmentPixels']),
  );
  const sizes = (files: readonly string[]) => files.map((name) => `${name} ${gzipped(name)} B`).join(', ');
  console.log(`The extension: ${sizes(fetched)}; fetched where needed: ${sizes(later)} (gzip)`);
  expect(fetched.map(gzipped).reduce((sum, each) => sum + each, 0)).toBeLessThan(limitBytes);
});
