import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { replaceFiles } from '../../scripts/setup/replaceFiles.mjs';

const repository = path.resolve(import.meta.dirname, '../..');
const dist = path.join(repository, 'viewer-extension/dist');
const pages = ['pages/jobs/index.html', 'pages/jobs/jobs.js', 'pages/help/index.html', 'extension/segment-by-text.js'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-rebuild-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a build takes no file away from a running server', async () => {
  const timesOf = () => Promise.all(pages.map(async (file) => (await stat(path.join(dist, file))).mtimeMs));
  const times = await timesOf();
  let isBuilding = true;
  const building = promisify(execFile)(process.execPath, ['viewer-extension/build.mjs'], { cwd: repository }).finally(
    () => {
      isBuilding = false;
    },
  );
  const missed = new Set<string>();
  let looks = 0;
  while (isBuilding) {
    for (const file of pages) if (!existsSync(path.join(dist, file))) missed.add(file);
    looks++;
    await setTimeout(1);
  }
  await building;
  expect(looks).toBeGreaterThan(10);
  expect([...missed]).toEqual([]);
  // What has not changed keeps its time, which browsers ask by.
  expect(await timesOf()).toEqual(times);
});

it('files change, come and go, and folders with them; two builds at once write the same', async () => {
  const [to, from] = [path.join(folder, 'to'), path.join(folder, 'from')];
  const write = async (root: string, files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(root, name)), { recursive: true });
      await writeFile(path.join(root, name), text);
    }
  };
  await write(to, { 'page.js': 'import "./chunk-1.js"', 'chunk-1.js': '1', 'in/same.css': 's', 'gone/old.txt': 'o' });
  const kept = await stat(path.join(to, 'in/same.css'));
  const next = { 'page.js': 'import "./chunk-2.js"', 'chunk-2.js': '2', 'in/same.css': 's', 'new/new.txt': 'n' };
  const other = path.join(folder, 'other');
  for (const root of [from, other]) await write(root, next);
  await Promise.all([from, other].map((root) => replaceFiles(to, root)));
  for (const [name, text] of Object.entries(next)) expect(await readFile(path.join(to, name), 'utf8')).toBe(text);
  expect((await readdir(to, { recursive: true })).filter((name) => /[.]/.test(name)).sort()).toEqual(
    Object.keys(next).sort(),
  );
  expect((await stat(path.join(to, 'in/same.css'))).ino).toBe(kept.ino);
});
