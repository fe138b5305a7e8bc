import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import type { ModelsView } from '../../server/contract/models.js';
import { softwareVersion } from '../../server/src/platform/softwareVersion.js';
import { smallPhantom } from '../support/smallPhantom.js';

/** Packed with what was built, server/dist/ and others. */
const repository = path.resolve(import.meta.dirname, '../..');

let folder: string;
let program: string;
/** Within `npm test` npm's own settings are in the environment. */
const settings = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|PROMPTSEG)_/i.test(name)));
const run = async (file: string, ...args: readonly string[]): Promise<string> => {
  const env = { ...settings, HOME: folder, XDG_CACHE_HOME: path.join(folder, 'cache') };
  return (await promisify(execFile)(file, args, { cwd: folder, env })).stdout.trim();
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-installed-'));
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/package.mjs', folder], { cwd: repository });
  const install = ['install', '-g', '--prefix', folder, '--prefer-offline', '--ignore-scripts', '--no-audit'];
  await promisify(execFile)('npm', [...install, '--no-fund', '--silent', stdout.trim()], {
    cwd: folder,
    env: settings,
  });
  program = path.join(folder, 'bin/promptseg');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the npm package, packed and installed in a clean folder', () => {
  it('has its version, its demo and the viewer that is downloaded once', async () => {
    expect(await run(program, '--version')).toBe(softwareVersion);
    expect(await run(program, 'demo', '--help')).toContain('--dicom');
    const viewer = path.join(folder, 'cache/promptseg/ohif-3.13.2');
    await mkdir(path.dirname(viewer), { recursive: true });
    await symlink(await setUpViewer(), viewer);
    expect(await run(program, 'viewer')).toBe(viewer);
  });

  it('segments files with a model that ships', async () => {
    await mkdir(path.join(folder, 'ct'));
    const instances = await smallPhantom('installed');
    for (const [index, each] of instances.entries()) await writeFile(path.join(folder, `ct/${index}.dcm`), each);
    const output = await run(program, 'segment', '--input', 'ct', '--prompt', 'left lung', '--output', 'out', '--json');
    expect(JSON.parse(output)).toMatchObject({ findings: [{ status: 'found' }] });
  });

  it('serves the API, the pages, the extension and the models that ship', async () => {
    const flags = ['serve', '--port', '0', '--archive', 'http://127.0.0.1:1/dicom-web'];
    const server = spawn(program, flags, { cwd: folder, env: settings, stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(server, 'exit');
    try {
      let url = '';
      for await (const line of createInterface(server.stdout!))
        if (line.includes('"listening"')) {
          ({ url } = JSON.parse(line));
          break;
        }
      for (const address of ['/promptseg', '/help', '/cornerstone', '/api', '/plugins/segment-by-text.js'])
        expect([address, (await fetch(url + address)).status]).toEqual([address, 200]);
      const { models, promptable } = (await (await fetch(`${url}/api/v1/models`)).json()) as ModelsView;
      const ids = [...models, ...promptable].map(({ id }) => id).sort();
      expect(ids).toEqual(['body', 'ct-tissues', 'head', 'lite-medsam', 'regions']);
    } finally {
      server.kill();
      await exit;
    }
  });
});
