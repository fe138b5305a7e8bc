import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTaskProcess, type TaskProcess, type TaskProcessOptions } from './taskProcess.js';

type Task = { readonly kind: 'work' | 'hang' | 'exit' | 'fail' };
/** Id of the process. */
type Result = number;

const program = `process.on('message', ({ kind }) => {
  if (kind === 'exit') process.exit(3);
  const problem = { code: 'memory-insufficient', detail: 'Too large.', details: { bytesNeeded: 9 } };
  if (kind === 'fail') process.send({ type: 'problem', problem });
  if (kind === 'work') process.send({ type: 'result', result: process.pid });
});
process.on('disconnect', () => process.exit());`;

let folder: string;
const started: TaskProcess<Task, Result>[] = [];
function taskProcess(change: Partial<TaskProcessOptions> = {}): TaskProcess<Task, Result> {
  const created = createTaskProcess<Task, Result>({
    name: 'test',
    main: path.join(folder, 'main.mjs'),
    settings: {},
    tasks: 'tasks',
    mostWaiting: 2,
    longestMinutes: 10,
    idleMs: 60_000,
    stopGraceMs: 0,
    ...change,
  });
  started.push(created);
  return created;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-task-process-'));
  await writeFile(path.join(folder, 'main.mjs'), program);
});
afterAll(async () => {
  await Promise.all(started.map((each) => each.stop()));
  await rm(folder, { recursive: true, force: true });
});

describe('a process that performs tasks', () => {
  it('is kept for the next task, passes on what fails, and refuses what would wait too long', async () => {
    const { ask } = taskProcess();
    const [one, two, three] = [ask({ kind: 'work' }), ask({ kind: 'fail' }), ask({ kind: 'work' })];
    await expect(three).rejects.toMatchObject({ code: 'answers-busy', message: expect.stringMatching(/^2 tasks /) });
    await expect(two).rejects.toMatchObject({ code: 'memory-insufficient', details: { bytesNeeded: 9 } });
    expect(await ask({ kind: 'work' })).toBe(await one);
  });

  it('is started again after it ended in a task', async () => {
    const { ask } = taskProcess();
    const first = await ask({ kind: 'work' });
    await expect(ask({ kind: 'exit' })).rejects.toThrow('its process ended (exit code 3)');
    expect(await ask({ kind: 'work' })).not.toBe(first);
  });

  it('ends when nobody wants its task any more, and when a task takes too long', async () => {
    const { ask } = taskProcess();
    const first = await ask({ kind: 'work' });
    const leaving = new AbortController();
    const [left, next] = [ask({ kind: 'hang' }, leaving.signal), ask({ kind: 'work' })];
    setImmediate(() => leaving.abort());
    await expect(left).rejects.toMatchObject({ code: 'cancelled' });
    expect(await next).not.toBe(first);
    await expect(ask({ kind: 'work' }, leaving.signal)).rejects.toMatchObject({ code: 'cancelled' });
    const hurried = taskProcess({ longestMinutes: 0.001 });
    await expect(hurried.ask({ kind: 'hang' })).rejects.toThrow('it took longer than 0.001 minutes');
  });

  it('performs nothing after it was stopped', async () => {
    const { ask, stop } = taskProcess();
    await stop();
    await expect(ask({ kind: 'work' })).rejects.toMatchObject({ code: 'answer-interrupted' });
  });
});
