import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const repository = path.resolve(import.meta.dirname, '../..');
const contract = 'server/contract/';

const files = ['server/src', 'server/contract', 'viewer-extension/src'].flatMap((folder) =>
  readdirSync(path.join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|\.d\.ts$|testSupport\.ts$/.test(file))
    .map((file) => path.join(folder, file)),
);
const withoutEnding = new Map(files.map((file) => [file.replace(/\.tsx?$/, ''), file]));

/** What a file imports of the product's own sources. */
function importsOf(file: string, ofCode: RegExp): readonly string[] {
  return [...readFileSync(path.join(repository, file), 'utf8').matchAll(ofCode)].flatMap(([, name]) => {
    const to = name!.startsWith('#contract/')
      ? name!.replace('#contract/', contract)
      : path.join(path.dirname(file), name!);
    return withoutEnding.get(to.replace(/\.js$/, '')) ?? [];
  });
}

const imported = /^(?:import|export)\s(?:[^;]*?\sfrom\s)?'((?:\.|#contract\/)[^']+)';/gms;
const importedOrFetchedLater = /(?:^(?:import|export)\s(?:[^;]*?\sfrom\s)?|import\()'((?:\.|#contract\/)[^']+)'/gms;

/** Each circle once, as "a → b → a". */
function circlesIn(graph: ReadonlyMap<string, Iterable<string>>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (node: string, trail: readonly string[]): void => {
    if (trail.includes(node)) circles.push([...trail.slice(trail.indexOf(node)), node].join(' → '));
    if (trail.includes(node) || done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return circles;
}

/** Arrows between folders. A folder and the one around it are two rooms. */
function roomsOf(graph: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, ReadonlySet<string>> {
  const rooms = new Map<string, Set<string>>();
  for (const [from, targets] of graph)
    for (const to of targets) {
      const [a, b] = [path.dirname(from), path.dirname(to)];
      if (a !== b) rooms.set(a, (rooms.get(a) ?? new Set()).add(b));
    }
  return rooms;
}

describe('the imports of server and browser', () => {
  const graph = new Map(files.map((file) => [file, importsOf(file, imported)]));

  it('are found', () => {
    expect([...graph.values()].flat().length).toBeGreaterThan(2000);
    expect(importsOf('viewer-extension/src/panel/cards/JobList.tsx', importedOrFetchedLater)).toContain(
      'viewer-extension/src/panel/frame/later.ts',
    );
  });

  it('make no circle of files, not even by what is fetched later', () => {
    const all = new Map(files.map((file) => [file, importsOf(file, importedOrFetchedLater)]));
    expect(circlesIn(all)).toEqual([]);
  });

  // What the panel fetches later is one file for all of its folders (panel/frame/later.ts says why): it names them, and
  // they fetch it.
  it('make no circle of folders', () => {
    const rooms = roomsOf(graph);
    expect(rooms.size).toBeGreaterThan(50);
    expect(circlesIn(rooms)).toEqual([]);
  });

  it('a circle would be seen', () => {
    expect(circlesIn(new Map(Object.entries({ a: ['b', 'd'], b: ['c'], c: ['a'], d: [] })))).toEqual(['a → b → c → a']);
    const back = new Map([
      ['a/one.ts', ['a/b/two.ts']],
      ['a/b/two.ts', ['a/three.ts']],
    ]);
    expect(circlesIn(roomsOf(back))).toEqual(['a → a/b → a']);
  });
});
