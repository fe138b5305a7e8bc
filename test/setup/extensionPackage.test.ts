import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

/** Packed with what was built, viewer-extension/dist/. */
const extension = path.resolve(import.meta.dirname, '../../viewer-extension');
/** What OHIF's own build reads, as docs/integrate/embedding.md shows it. */
interface PluginConfig {
  readonly extensions: readonly { readonly packageName: string; readonly version: string }[];
  readonly modes: readonly { readonly packageName: string; readonly version: string }[];
}

let folder: string;
const run = (program: string, ...args: readonly string[]) => promisify(execFile)(program, args, { cwd: folder });
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-package-'));
  await writeFile(path.join(folder, 'package.json'), '{ "name": "ohif", "private": true, "type": "module" }');
  await run('npm', 'pack', extension, '--pack-destination', folder, '--silent');
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await run('npm', 'install', `./${file}`, '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--silent');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('is an npm package in the way of OHIF, with what runs and nothing else', async () => {
  const installed = path.join(folder, 'node_modules/@promptseg/viewer-extension');
  const manifest = JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8'));
  expect(manifest.keywords).toEqual(['ohif-extension', 'ohif-mode']);
  expect(manifest.dependencies).toBeUndefined();
  const files = await readdir(installed, { recursive: true });
  const kinds = [...new Set(files.map((file) => path.extname(file)))].sort();
  expect(kinds).toEqual(['', '.js', '.json', '.txt']);
  expect(files).toContain('dist/extension/LICENSE');
});

it("gives OHIF's build the extension and the mode by the names in the documentation", async () => {
  const documented = await readFile(path.resolve(extension, '../docs/integrate/embedding.md'), 'utf8');
  const [, text] = /```json\n([\s\S]*?)\n```/.exec(documented)!;
  const { extensions, modes } = JSON.parse(text!) as PluginConfig;
  const { version } = JSON.parse(await readFile(path.join(extension, 'package.json'), 'utf8'));
  const plugins = [...extensions, ...modes];
  expect(plugins.map((plugin) => plugin.version)).toEqual([version, version]);
  // OHIF's build writes such a module: one import for each package, whose default export is the plugin.
  const imports = plugins.map(({ packageName }) => `(await import('${packageName}')).default`);
  await writeFile(
    path.join(folder, 'pluginImports.js'),
    `const [extension, mode] = [${imports}];
     console.log(JSON.stringify([extension.id, typeof extension.getPanelModule, mode.id, typeof mode.modeFactory]));`,
  );
  expect(JSON.parse((await run(process.execPath, 'pluginImports.js')).stdout)).toEqual([
    '@promptseg/viewer-extension',
    'function',
    '@promptseg/mode-segment-by-text',
    'function',
  ]);
});
