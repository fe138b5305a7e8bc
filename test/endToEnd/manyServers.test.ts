import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repository } from '../../scripts/setup/paths.mjs';
import type { Job } from '../../server/contract/job.js';
import { hasEnded } from '../../server/contract/jobState.js';
import { type Installation, type Part, startInstallation } from '../crash/installation.mjs';
import { call, jobEvents, submit, waitFor } from './productClient.js';

/** One PostgreSQL, two workers and a server, as processes of their own beside a real Orthanc. */
describe('many processes', () => {
  let installation: Installation;
  let second: Part & { readonly url: string };

  beforeAll(async () => {
    installation = await startInstallation('scaled out');
    second = await installation.addServer();
  });
  afterAll(() => installation?.stop());

  const partOf = (pid: number): Part => installation.parts.find((part) => part.pid() === pid)!;
  const accept = async (prompt: string): Promise<Job> =>
    (await submit(installation, { ...installation.series, prompts: [prompt] })).body;

  /**
   * A job and the process of the worker that is at it. One that knows the images may have ended a job before it is
   * looked for: then the next is asked.
   */
  async function catchAtWork(prompts: readonly string[]): Promise<{ id: string; pid: number }> {
    for (const prompt of prompts) {
      const { id } = await accept(prompt);
      await waitFor(installation, id, ['retrieving', 'preparing', 'segmenting', 'completed']);
      const { body } = await call<{ workers: { pid: number; jobId?: string }[] }>(installation, 'GET', '/workers');
      const worker = body.workers.find(({ jobId }) => jobId === id);
      if (worker !== undefined) return { id, pid: worker.pid };
    }
    throw new Error('No job was caught at work.');
  }

  /** Follows a job's events from a server until it has ended or the server is gone. */
  async function follow(url: string, id: string, after?: number, onEvent?: (job: Job) => void): Promise<Job[]> {
    const headers = after === undefined ? {} : { 'last-event-id': String(after) };
    const response = await fetch(`${url}/api/v1/segmentations/${id}/events`, { headers });
    const seen: Job[] = [];
    try {
      for await (const job of jobEvents(response)) {
        seen.push(job);
        onEvent?.(job);
      }
    } catch {
      // The server was killed.
    }
    return seen;
  }

  it('report a job from any server, and continue after a dropped connection and a restart', async () => {
    const { id } = await accept('bone');
    const elsewhere = follow(second.url, id);
    const server = installation.parts.find(({ name }) => name === 'server')!;
    let killing: Promise<void> | undefined;
    const before = await follow(installation.url, id, undefined, ({ state }) => {
      if (state !== 'queued') killing ??= server.kill();
    });
    await killing;
    expect(hasEnded(before.at(-1)!)).toBe(false);
    const lastEventId = before.at(-1)!.lastEventId;
    const elsewhereAfter = await follow(second.url, id, lastEventId);
    expect((await elsewhere).at(-1)?.state).toBe('completed');
    expect(elsewhereAfter.at(-1)?.state).toBe('completed');
    expect(Math.min(...elsewhereAfter.map((job) => job.lastEventId))).toBeGreaterThan(lastEventId);

    await server.restart();
    expect((await follow(installation.url, id, lastEventId)).map(({ state }) => state)).toEqual(['completed']);
  });

  it('give the job of a killed worker to the other one', async () => {
    const { id, pid } = await catchAtWork(['fat', 'fat and bone', 'fat and body', 'fat, bone and body']);
    const busy = partOf(pid);
    const killedAt = Date.now();
    await busy.kill();
    const job = await waitFor(installation, id);
    const seconds = (at: string | undefined): string => ((Date.parse(at ?? '') - killedAt) / 1000).toFixed(1);
    console.log(
      `after the kill the job was started again in ${seconds(job.startedAt)} s, ended in ${seconds(job.endedAt)} s`,
    );
    await busy.restart();
    expect(job).toMatchObject({ state: 'completed', failedAttempts: [{ code: 'worker-silent' }] });
  });

  it('stop a worker cleanly, with its job back in the queue at once', async () => {
    const { id, pid: busy } = await catchAtWork([
      'left lung',
      'left lung and bone',
      'lungs',
      'lungs and bone',
      'lungs and body',
    ]);
    process.kill(busy, 'SIGTERM');
    const job = await waitFor(installation, id);
    expect(job.state).toBe('completed');
    expect(job.failedAttempts).toBeUndefined();
    expect(job.notes.join()).toMatch(/was stopped\. The job was started again/);
    await partOf(busy)?.kill();
    for (const part of installation.parts) await part.restart();
  });

  it('use the images of the job before again, and say so', async () => {
    const notesOf = async (prompt: string): Promise<string> => {
      const { id } = await accept(prompt);
      return (await waitFor(installation, id)).notes.join(' ');
    };
    // With two workers the third job at the latest comes to one that knows the series.
    const notes = [await notesOf('body'), await notesOf('airways'), await notesOf('bone')].join(' ');
    expect(notes).toContain('not retrieved again');
    expect(notes).toContain('known from an earlier job');
  });

  it('refuse to start without what they need, in a sentence', async () => {
    const run = (...args: string[]): Promise<string> =>
      promisify(execFile)(process.execPath, [path.join(repository, 'server/bin/promptseg.mjs'), ...args], {
        env: { ...process.env, DATABASE_URL: undefined },
      }).then(
        ({ stdout }) => stdout,
        ({ stderr }) => stderr,
      );
    expect(await run('worker')).toContain('`promptseg worker` needs DATABASE_URL');
    expect(await run('serve', '--no-worker')).toContain('A server without a worker needs DATABASE_URL');
  });

  it('start a job soon after it is accepted, and respond to probes while one runs', async () => {
    const overheads: number[] = [];
    const probes: number[] = [];
    for (let n = 0; n < 10; n++) {
      const { id } = await accept(n % 2 === 0 ? 'bone' : 'fat');
      for (;;) {
        const start = performance.now();
        await (await fetch(`${installation.url}/healthz`)).text();
        probes.push(performance.now() - start);
        const { body: job } = await call<Job>(installation, 'GET', `/segmentations/${id}`);
        if (hasEnded(job)) {
          overheads.push(Date.parse(job.startedAt!) - Date.parse(job.createdAt));
          break;
        }
        // Fifteen looks a second: with two hundred, the server was busy with these alone.
        await sleep(60);
      }
    }
    const sorted = (values: number[]): number[] => values.sort((a, b) => a - b);
    const median = sorted(overheads)[Math.floor(overheads.length / 2)]!;
    const p99 = sorted(probes)[Math.floor(0.99 * probes.length)]!;
    console.log(
      `accepted → started ${median} ms (median of 10); /healthz p99 ${p99.toFixed(0)} ms of ${probes.length}`,
    );
    expect(overheads).toHaveLength(10);
  });
});
