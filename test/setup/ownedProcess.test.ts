import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startOwnedProcess } from '../../scripts/setup/ownedProcess.mjs';
import { until } from '../support/until.js';

const ownedProcessModule = path.resolve(import.meta.dirname, '../../scripts/setup/ownedProcess.mjs');

let folder: string;
let pidFile: string;
let logFile: string;
/** Stands in the command line of the programs of one test, and of no other process. */
let mark: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-owned-'));
  pidFile = path.join(folder, 'program.pid');
  logFile = path.join(folder, 'program.log');
  mark = path.join(folder, 'mark');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = (script: string) =>
  startOwnedProcess({
    name: 'The program',
    program: process.execPath,
    args: ['-e', script, mark],
    mark,
    pidFile,
    logFile,
  });
const runsForever = 'setInterval(() => {}, 1000)';

/** A parent of its own for the program, because killing this process would end the tests. */
async function startInOtherProcess(script: string) {
  const options = {
    name: 'The program',
    program: process.execPath,
    args: ['-e', script, mark],
    mark,
    pidFile,
    logFile,
  };
  const parent = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { startOwnedProcess } = await import(${JSON.stringify(ownedProcessModule)});
       const { pid } = await startOwnedProcess(${JSON.stringify(options)});
       console.log(pid);
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [chunk] = await once(parent.stdout, 'data');
  return { parent, pid: Number(chunk) };
}

/** Whether a process is there and no zombie. */
async function lives(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '';
}
const isGone = (pid: number): Promise<true> => until(async () => !(await lives(pid)));

describe('a program that we started', () => {
  it('runs until it is stopped, and leaves no pid file', async () => {
    const { pid, stop, exited } = await start(runsForever);
    expect(await lives(pid)).toBe(true);
    await stop();
    expect(await lives(pid)).toBe(false);
    expect(await exited).toBe(128);
    await expect(readFile(pidFile)).rejects.toThrow('ENOENT');
  });

  it('writes to its log, and its exit code is known', async () => {
    const { exited } = await start('console.log("out"); console.error("err"); process.exitCode = 7');
    expect(await exited).toBe(7);
    expect(await readFile(logFile, 'utf8')).toBe('out\nerr\n');
  });

  it('is refused with its name where it does not exist', async () => {
    const missing = startOwnedProcess({
      name: 'Orthanc',
      program: path.join(folder, 'none'),
      args: [mark],
      mark,
      pidFile,
      logFile,
    });
    await expect(missing).rejects.toThrow(/^Orthanc could not be started/);
  });

  it('goes with what it started itself', async () => {
    const { exited } = await start(
      `const { spawn } = require('node:child_process');
       const child = spawn(process.execPath, ['-e', '${runsForever}'], { stdio: 'ignore' });
       console.log(child.pid);
       child.unref();`,
    );
    await exited;
    expect(await isGone(Number(await readFile(logFile, 'utf8')))).toBe(true);
  });

  it('ends when its parent is killed', async () => {
    const { parent, pid } = await startInOtherProcess(runsForever);
    expect(await lives(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await isGone(pid)).toBe(true);
  });

  it('is insisted upon where it ignores SIGTERM', async () => {
    const { pid, stop } = await start(`process.on('SIGTERM', () => {}); console.log('ready'); ${runsForever}`);
    await until(async () => (await readFile(logFile, 'utf8')).includes('ready'));
    await stop();
    expect(await lives(pid)).toBe(false);
  });
});

describe('a program of an earlier run', () => {
  it('is stopped where that run is gone', async () => {
    const { parent, pid } = await startInOtherProcess(runsForever);
    const left = JSON.parse(await readFile(pidFile, 'utf8'));
    // Kill supervisor and parent: only then the program stays behind.
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    process.kill(Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]), 'SIGKILL');
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await writeFile(pidFile, JSON.stringify(left));
    expect(await lives(pid)).toBe(true);

    const { stop } = await start(runsForever);
    expect(await lives(pid)).toBe(false);
    await stop();
  });

  it('is left alone where that run still lives', async () => {
    const { parent, pid } = await startInOtherProcess(runsForever);
    await expect(start(runsForever)).rejects.toThrow(`in use by process ${parent.pid}`);
    expect(await lives(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await isGone(pid)).toBe(true);
  });

  it('is not taken for a stranger that has its process id now', async () => {
    const stranger = spawn(process.execPath, ['-e', runsForever], { stdio: 'ignore' });
    await writeFile(pidFile, JSON.stringify({ owner: 2 ** 22 + 1, pid: stranger.pid }));
    const { stop } = await start(runsForever);
    expect(await lives(stranger.pid!)).toBe(true);
    await stop();
    stranger.kill();
  });

  it('does not matter where the pid file is damaged', async () => {
    await writeFile(pidFile, '{"owner":');
    const { stop } = await start(runsForever);
    await stop();
  });
});
