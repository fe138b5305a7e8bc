import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';

const repository = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');

it('the example in docs/integrate/embedding.md is the one that is compiled and run', () => {
  const [, example] = /```ts\n([\s\S]*?)\n```/.exec(read('docs/integrate/embedding.md'))!;
  expect(example).toBe(read('viewer-extension/src/pages/cornerstone/example.ts').trimEnd());
});

it('docs/integrate/embedding.md names every member of Host', () => {
  const [, host] = /export interface Host \{([\s\S]*?)\n\}/.exec(read('viewer-extension/src/panel/host.ts'))!;
  const members = [...host!.matchAll(/^ {2}(?:readonly )?(\w+)\??[(:]/gm)].map(([, name]) => name!);
  expect(members.length).toBeGreaterThan(6);
  const documented = read('docs/integrate/embedding.md');
  expect(members.filter((name) => !new RegExp(`\`${name}[(\`]`).test(documented))).toEqual([]);
});
