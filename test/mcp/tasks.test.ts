import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { type SmallApplication, smallApplication } from '../../server/src/cli/app/smallApplication.testSupport.js';
import type { Archive } from '../../server/src/pacs/archive.js';
import { aCompletedJob, storedResult } from '../../viewer-extension/src/testing/jobs.js';
import { idleStatus, workerOn } from '../jobs/scriptedWorker.js';
import { until } from '../support/until.js';
import { type Agent, connectAgent, overHttp, type Reply } from './agentClient.js';

const study = '1.2.826.0.1.3680043.9.7777.1';
const series = `${study}.2`;
const secret = 'ZZDOE^JANE';
const attribute = (vr: string, value: unknown) => ({ vr, Value: [value] });

const archive: Partial<Archive> = {
  query: async (resource) =>
    resource.length === 1
      ? [{ '00100010': attribute('PN', { Alphabetic: secret }), '0020000D': attribute('UI', study) }]
      : [
          {
            '00080060': attribute('CS', 'CT'),
            '0020000D': attribute('UI', study),
            '0020000E': attribute('UI', series),
          },
        ],
  findSeries: async (studyInstanceUID, seriesInstanceUID) => ({
    studyInstanceUID,
    seriesInstanceUID,
    modality: 'CT',
    description: secret,
    numberOfInstances: 3,
  }),
};

let application: SmallApplication;
const agents: Agent[] = [];
const heard: string[] = [];
beforeAll(async () => {
  const settings = { PROMPTSEG_AUTH: 'proxy', PROMPTSEG_TRUSTED_PROXIES: '127.0.0.1' };
  application = await smallApplication(settings, undefined, { archive });
});
afterAll(async () => {
  for (const { client } of agents) await client.close();
  await application?.close();
});

async function agentOf(user: string, reply?: Reply): Promise<Agent & { readonly handle: string }> {
  const headers = { 'x-forwarded-user': user, 'x-forwarded-groups': 'administrator' };
  const agent = await connectAgent(
    overHttp(application.url, headers, (text) => heard.push(text)),
    reply,
  );
  agents.push(agent);
  const { value } = await agent.call('search_series', { modality: 'CT' });
  return { ...agent, handle: value.studies[0].series[0].series };
}

/** Begins a task; the job that it follows. */
async function begin({ client, handle }: Awaited<ReturnType<typeof agentOf>>, more: Record<string, unknown> = {}) {
  const before = new Set((await application.jobs.lists.list({ limit: 50 } as never)).jobs.map(({ id }) => id));
  const messages = client.experimental.tasks.callToolStream(
    { name: 'segment_by_text', arguments: { series: handle, text: 'bone', ...more } },
    CallToolResultSchema,
    { task: { ttl: 600_000 } },
  );
  const first = await messages.next();
  if (first.done || first.value.type !== 'taskCreated') throw new Error(JSON.stringify(first.value));
  const { jobs } = await application.jobs.lists.list({ limit: 50 } as never);
  return { task: first.value.task, messages, job: jobs.find(({ id }) => !before.has(id)) };
}

async function run(id: string) {
  const { workers, leases } = application.jobs;
  const worker = { id: randomUUID(), host: 'here' };
  await workers.register(worker.id, workerOn('here'), idleStatus);
  const { lease } = await until(async () => {
    const taken = await leases.takeNext(worker);
    return taken?.lease.jobId === id && taken;
  });
  return {
    complete: () => leases.end(lease, { state: 'completed', findings: aCompletedJob().findings, result: storedResult }),
  };
}

it('a long call is a task: the agent sees how far it is, and gets the findings at the end', async () => {
  const agent = await agentOf('ada');
  const { tools } = await agent.client.listTools();
  const asTask = tools.filter(({ execution }) => execution?.taskSupport === 'optional').map(({ name }) => name);
  expect(asTask).toEqual(['segment_by_text', 'refine']);

  const { task, messages, job } = await begin(agent);
  expect(task).toMatchObject({ status: 'working', ttl: 600_000 });
  const listed = await agent.client.experimental.tasks.listTasks();
  expect(listed.tasks.map(({ taskId }) => taskId)).toEqual([task.taskId]);
  const { complete } = await run(job!.id);
  const seen = await until(async () => {
    const { statusMessage } = await agent.client.experimental.tasks.getTask(task.taskId);
    return statusMessage;
  });
  expect(seen).toMatch(/^[a-z]+, \d+ %$/);
  await complete();
  let last: unknown;
  for await (const message of messages) last = message;
  expect(last).toMatchObject({
    type: 'result',
    result: {
      structuredContent: { job: job!.id, state: 'completed', findings: [{ status: 'refused' }, { status: 'found' }] },
    },
  });
});

it('cancelling a task cancels its job', async () => {
  const agent = await agentOf('ben');
  const { task, job } = await begin(agent);
  const cancelled = await agent.client.experimental.tasks.cancelTask(task.taskId);
  expect(cancelled.status).toBe('cancelled');
  await until(async () => (await application.jobs.store.get(job!.id)).state === 'cancelled');
});

it('a person is asked before the task begins', async () => {
  const sure = await agentOf('kim', 'yes');
  const { task, job } = await begin(sure, { store: true });
  expect(sure.asked).toEqual([expect.stringContaining('Segment bone and store')]);
  await sure.client.experimental.tasks.cancelTask(task.taskId);
  await until(async () => (await application.jobs.store.get(job!.id)).state === 'cancelled');

  const unsure = await agentOf('kim', 'no');
  const { task: refused, job: none } = await begin(unsure, { store: true });
  expect([refused.status, none]).toEqual(['failed', undefined]);
  const result = await unsure.client.experimental.tasks.getTaskResult(refused.taskId, CallToolResultSchema);
  expect(result).toMatchObject({ isError: true, structuredContent: { code: 'confirmation-refused' } });
});

it('tasks are those of one session, and the end of the session leaves the job', async () => {
  const agent = await agentOf('ida');
  const { task, job } = await begin(agent);
  const other = await agentOf('ida');
  await expect(other.client.experimental.tasks.getTask(task.taskId)).rejects.toThrow(/not found/i);
  expect((await other.client.experimental.tasks.listTasks()).tasks).toEqual([]);
  await (agent.client.transport as { terminateSession?: () => Promise<void> }).terminateSession?.();
  await until(async () => {
    const reply = await agent.client.listTools().catch(() => 'over');
    return reply === 'over';
  });
  expect((await application.jobs.store.get(job!.id)).state).toBe('queued');
  await other.call('cancel_job', { job: job!.id });
});

it('tools without a job are no tasks', async () => {
  const { client } = await agentOf('eve');
  const messages = client.experimental.tasks.callToolStream(
    { name: 'search_series', arguments: {} },
    CallToolResultSchema,
    { task: {} },
  );
  expect((await messages.next()).value).toMatchObject({
    type: 'error',
    error: { message: expect.stringContaining('cannot be called as a task') },
  });
});

it('nothing that agents received names anybody', () => {
  expect(heard.length).toBeGreaterThan(10);
  for (const word of [study, 'ZZDOE', 'JANE']) expect(heard.filter((text) => text.includes(word))).toEqual([]);
});
