import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const repository = path.resolve(import.meta.dirname, '../..');

describe('ONNX Runtime', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'promptseg-telemetry-'));
    await mkdir(path.join(home, 'work'));
  });
  afterEach(() => rm(home, { recursive: true }));

  /** Its telemetry is off on machines of known CI services: the variables that give them away are left out. */
  const run = async (script: string, ...args: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, [path.join(repository, script), ...args, 'cpu'], {
      cwd: path.join(home, 'work'),
      env: { PATH: process.env.PATH, HOME: home },
    });
    return stdout;
  };

  /** With telemetry it keeps an identifier of the machine and a queue of events below `.cache/Microsoft`. */
  const left = async (): Promise<string[]> =>
    (await readdir(home, { recursive: true, withFileTypes: true }))
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.relative(home, path.join(entry.parentPath, entry.name)));

  it('leaves no identifier of the machine behind when a model runs', async () => {
    const stdout = await run(
      'test/segmenter/segmentGolden.mjs',
      path.join(repository, 'models/testing/text-query-package'),
    );
    expect(JSON.parse(stdout)).toMatchObject({ ran: 'cpu' });
    for (const file of await left()) expect(file).toMatch(/^\.cache\/promptseg\//);
  });

  it('nor when an execution provider is tried', async () => {
    const stdout = await run('server/dist/segmenter/providers/probeMain.js');
    expect(JSON.parse(stdout)).toEqual({ works: true });
    expect(await left()).toEqual([]);
  });
});
