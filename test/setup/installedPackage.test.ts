import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { extract } from 'tar';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { setUpTinyPacs } from '../../scripts/setup/tinyPacs.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import type { ModelsView } from '../../server/contract/models.js';
import { softwareVersion } from '../../server/src/platform/softwareVersion.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { tinyBody } from '../support/tinyBody.js';

/** Packed with what was built, server/dist/ and others. */
const repository = path.resolve(import.meta.dirname, '../..');

let folder: string;
let program: string;
let env: NodeJS.ProcessEnv;
const run = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(program, args, { cwd: folder, env })).stdout.trim();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-installed-'));
  // Within `npm test` the environment has npm's own settings, and the folder that relative paths are of (INIT_CWD).
  const isForeign = (name: string) => /^(npm|PROMPTSEG)_|^(ORTHANC_URL|INIT_CWD)$/i.test(name);
  const settings = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)));
  env = { ...settings, HOME: folder, XDG_CACHE_HOME: path.join(folder, 'cache') };
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/package.mjs', folder], { cwd: repository });
  program = await install(stdout.trim());

  const images = { ct: await smallPhantom('installed'), tiny: await tinyBody('installed') };
  for (const [name, instances] of Object.entries(images)) {
    await mkdir(path.join(folder, name));
    for (const [index, each] of instances.entries()) await writeFile(path.join(folder, name, `${index}.dcm`), each);
  }
  const cache = path.join(folder, 'cache/promptseg');
  await mkdir(cache, { recursive: true });
  await symlink(await setUpViewer(), path.join(cache, 'ohif-3.13.2'));
  await symlink(path.resolve(await setUpTinyPacs(), '../..'), path.join(cache, 'tiny-pacs-venv'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * What `npm install -g` leaves behind: the package's files, what it depends on, and a link to its program. npm took
 * 28 s of processor time to unpack again what `npm ci` had just unpacked, so the dependencies are links: to the ones
 * that the package names, and to no others.
 *
 * @returns The program.
 */
async function install(packed: string): Promise<string> {
  const installed = path.join(folder, 'lib/node_modules/promptseg');
  await mkdir(installed, { recursive: true });
  await extract({ file: packed, cwd: installed, strip: 1 });
  const { bin, dependencies } = JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    const places = ['server/node_modules', 'node_modules'].map((each) => path.join(repository, each, name));
    const link = path.join(installed, 'node_modules', name);
    await mkdir(path.dirname(link), { recursive: true });
    await symlink(places.find(existsSync) ?? `${name} is not installed`, link);
  }
  const link = path.join(folder, 'bin/promptseg');
  await mkdir(path.dirname(link));
  await symlink(path.join(installed, bin.promptseg), link);
  return link;
}

describe('the npm package, packed and installed in a clean folder', () => {
  it('has its version, its demo and the viewer that is downloaded once', async () => {
    expect(await run('--version')).toBe(softwareVersion);
    expect(await run('demo', '--help')).toContain('--dicom');
    expect(await run('viewer')).toBe(path.join(folder, 'cache/promptseg/ohif-3.13.2'));
  });

  it('segments files with a model that ships', async () => {
    const output = await run('segment', '--input', 'ct', '--prompt', 'left lung', '--output', 'out', '--json');
    expect(JSON.parse(output)).toMatchObject({ findings: [{ status: 'found' }] });
  });
});

describe('its demo, without Orthanc, Docker, apt and root', () => {
  const start = async (...options: readonly string[]) => {
    // Not the demo's usual port: another demo that starts at this moment takes it.
    const args = ['demo', '--port', String(await freePort()), '--dicom', 'tiny', '--prompt', 'body', ...options];
    const withoutOrthanc = `--require ${path.join(repository, 'test/support/withoutOrthanc.cjs')}`;
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const demo = spawn(program, args, {
      cwd: folder,
      env: { ...env, NODE_OPTIONS: withoutOrthanc },
      stdio: [...stdio],
    });
    return { demo, exit: once(demo, 'exit'), lines: createInterface(demo.stdout!) };
  };

  it('runs on an empty folder, and ends after the result where it is asked to', async () => {
    const { exit, lines } = await start('--once');
    let text = '';
    for await (const line of lines) text += `${line}\n`;
    expect(await exit).toEqual([0, null]);
    expect(text).toMatch(/Orthanc is missing and could not be installed: this is not Debian or Ubuntu\./);
    expect(text).toContain('Until then, the demo uses tiny-pacs');
    expect(text).toMatch(/images to the archive: \d+ stored/);
    expect(text).toContain('Stored as "Body"');
  });

  it('runs a second time on the same images, and serves API, pages, extension and the models that ship', async () => {
    const { demo, exit, lines } = await start();
    try {
      let text = '';
      let url = '';
      for await (const line of lines) {
        text += `${line}\n`;
        url = /^Open (http:\/\/[^/]+)/.exec(line)?.[1] ?? url;
        if (line.startsWith('Ctrl-C')) break;
      }
      expect(text).toMatch(/images to the archive: all \d+ are there/);
      for (const address of ['/promptseg', '/help', '/cornerstone', '/api', '/plugins/segment-by-text.js'])
        expect([address, (await fetch(url + address)).status]).toEqual([address, 200]);
      const { models, promptable } = (await (await fetch(`${url}/api/v1/models`)).json()) as ModelsView;
      const ids = [...models, ...promptable].map(({ id }) => id).sort();
      expect(ids).toEqual(['body', 'ct-tissues', 'head', 'lite-medsam', 'regions']);
    } finally {
      demo.stdout!.resume();
      demo.kill();
      await exit;
    }
    expect(await readdir(path.join(folder, 'cache/promptseg/demo'))).toEqual(['tiny-pacs']);
  });
});
