import { randomBytes, randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import type { Job } from '../../server/contract/job.js';
import type { EndState } from '../../server/contract/jobState.js';
import type { DatabaseLocation } from '../../server/src/database/database.js';
import { newDataFolder } from '../../server/src/jobs/dataFolder.testSupport.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import type { StepView } from '../../server/src/jobs/outbox/outbox.js';
import { sendWebhooks } from '../../server/src/routing/webhooks/sendWebhooks.js';
import { readWebhooks, type Webhook } from '../../server/src/routing/webhooks/webhooksFile.js';
import { describeOnEachDatabase } from '../jobs/eachDatabase.js';
import { emptied, queuedJob } from '../jobs/jobParts.js';
import { idleStatus, workerOn } from '../jobs/scriptedWorker.js';
import { until } from '../support/until.js';

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const timing = { leaseMs: 60_000, pollMs: 20, firstRetryMs: 10, longestRetryMs: 50, giveUpAfterMs: 60_000 };

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A real receiver on loopback; the test sets its responses. */
class Receiver {
  readonly received: Received[] = [];
  /** A status, with headers; or undefined to leave the sender waiting. */
  respond: () => { status: number; headers?: Record<string, string> } | undefined = () => ({ status: 204 });
  /** How long it thinks about it. */
  delayMs = 0;
  #server: Server | undefined;
  #port = 0;

  async start(): Promise<void> {
    const server = createServer(async (request, response) => {
      this.received.push({ path: request.url ?? '', headers: request.headers, body: await text(request) });
      await sleep(this.delayMs);
      const reply = this.respond();
      if (reply !== undefined) response.writeHead(reply.status, reply.headers).end();
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }
  async stop(): Promise<void> {
    const stopped = new Promise((resolve) => this.#server?.close(resolve));
    this.#server?.closeAllConnections();
    await stopped;
  }
  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }
}

describeOnEachDatabase('a webhook', (kind) => {
  let location: DatabaseLocation;
  let jobs: Jobs;
  let receiver: Receiver;
  const worker = { id: randomUUID(), host: 'here' };
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    location = await kind.create();
    jobs = await openJobs(location);
  });
  beforeEach(async () => {
    await jobs.database.executeSql(emptied);
    await jobs.workers.register(worker.id, workerOn('here'), idleStatus);
    receiver = new Receiver();
    await receiver.start();
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await receiver.stop();
  });
  afterAll(() => jobs?.close());

  const hook = (more: Partial<Webhook> = {}): Webhook => ({
    name: 'ris',
    url: receiver.url,
    key: Buffer.from(secret.slice('whsec_'.length), 'base64'),
    filter: {},
    prompts: true,
    ...more,
  });
  async function send(...webhooks: Webhook[]): Promise<() => Promise<void>> {
    const stop = await sendWebhooks({ jobs, webhooks, timing });
    closing.push(stop);
    return stop;
  }
  async function endJob(state: EndState, rule?: string): Promise<Job> {
    const job = { ...queuedJob(), ...(rule !== undefined && { rule: { name: rule, version: 1 } }) };
    await jobs.store.insert(job, job.id, (sql) => jobs.queue.add(sql, job.id));
    const taken = await jobs.leases.takeNext(worker);
    return (await jobs.leases.end(taken!.lease, { state }))!;
  }
  const messages = (name = 'ris'): Promise<StepView[]> => jobs.webhookMessages.latest(name, 10);

  it('gets one signed message per end, which another implementation of Standard Webhooks accepts', async () => {
    await send(hook());
    const job = await endJob('completed');
    await until(async () => (await messages())[0]?.state === 'delivered');
    const [{ headers, body }] = receiver.received as [Received];
    const payload = new StandardWebhook(secret).verify(body, headers as Record<string, string>);
    expect(payload).toMatchObject({
      type: 'segmentation.completed',
      timestamp: job.endedAt,
      data: { id: job.id, state: 'completed', request: job.request },
    });
    expect(headers).toMatchObject({ 'webhook-id': (await messages())[0]?.id, 'content-type': 'application/json' });
    expect(() => new StandardWebhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow();
    const otherSecret = `whsec_${randomBytes(32).toString('base64')}`;
    expect(() => new StandardWebhook(otherSecret).verify(body, headers as Record<string, string>)).toThrow();
    expect(receiver.received).toHaveLength(1);
  });

  it('hears only of the states and rules that it asked for, and of no end before it was there', async () => {
    await endJob('completed');
    await send(
      hook({ name: 'failures', filter: { states: ['failed', 'cancelled'] } }),
      hook({ name: 'heads', filter: { rules: ['head-mr'] } }),
    );
    const completed = await endJob('completed');
    const failed = await endJob('failed', 'chest-ct');
    const head = await endJob('completed', 'head-mr');
    const cancelled = queuedJob();
    await jobs.store.insert(cancelled, cancelled.id, (sql) => jobs.queue.add(sql, cancelled.id));
    await jobs.leases.requestCancel(cancelled.id);
    await until(() => receiver.received.length === 3);
    expect((await messages('failures')).map(({ jobId }) => jobId)).toEqual([cancelled.id, failed.id]);
    expect((await messages('heads')).map(({ jobId }) => jobId)).toEqual([head.id]);
    expect(JSON.stringify(receiver.received)).not.toContain(completed.id);
  });

  it('that is down gets its message when it is up again, with the same id and body and a new signature', async () => {
    await send(hook());
    receiver.respond = () => ({ status: 500 });
    await endJob('failed');
    await until(async () => (await messages())[0]?.problem !== undefined);
    await receiver.stop();
    await until(async () => (await messages())[0]?.problem?.detail === 'The receiver cannot be reached.');
    receiver.respond = () => ({ status: 200 });
    await receiver.start();
    await until(async () => (await messages())[0]?.state === 'delivered');
    const [first, last] = [receiver.received[0]!, receiver.received.at(-1)!];
    expect([last.headers['webhook-id'], last.body]).toEqual([first.headers['webhook-id'], first.body]);
    new StandardWebhook(secret).verify(last.body, last.headers as Record<string, string>);
    expect((await messages())[0]?.attempts).toBeGreaterThan(2);
  });

  it('that hangs holds up neither another nor the stop of the server, and its message is not lost', async () => {
    const hung = new Receiver();
    hung.respond = () => undefined;
    await hung.start();
    closing.push(() => hung.stop());
    const stop = await send(hook({ name: 'hung', url: hung.url }), hook());
    await endJob('completed');
    await until(() => hung.received.length === 1);
    await until(async () => (await messages())[0]?.state === 'delivered');
    await stop();
    expect(await messages('hung')).toMatchObject([{ state: 'waiting', attempts: 0 }]);
    hung.respond = () => ({ status: 200 });
    await send(hook({ name: 'hung', url: hung.url }), hook());
    await until(async () => (await messages('hung'))[0]?.state === 'delivered');
    expect(receiver.received).toHaveLength(1);
  });

  it('is not followed elsewhere, and one that is gone is left alone', async () => {
    const elsewhere = new Receiver();
    await elsewhere.start();
    closing.push(() => elsewhere.stop());
    receiver.respond = () => ({ status: 307, headers: { location: elsewhere.url } });
    await send(hook());
    await endJob('completed');
    await until(async () => (await messages())[0]?.problem?.details.status === 307);
    receiver.respond = () => ({ status: 410 });
    await until(async () => (await messages())[0]?.state === 'failed');
    expect((await messages())[0]?.problem?.code).toBe('webhook-gone');
    expect(elsewhere.received).toEqual([]);
  });

  it('hears of an end from a server that starts after the one that ended the job was killed', async () => {
    const stop = await send(hook());
    await stop();
    const job = await endJob('completed');
    // Taken up by a server that dies before it has sent.
    await jobs.webhookMessages.take('ris', 1);
    await jobs.close();
    jobs = await openJobs(location);
    expect(receiver.received).toEqual([]);
    await send(hook());
    await until(() => receiver.received.length === 1);
    expect(JSON.parse(receiver.received[0]!.body).data.id).toBe(job.id);
  });

  it('that is slow gets one message per end where two servers send', async () => {
    receiver.delayMs = 200;
    await send(hook());
    await send(hook());
    for (let count = 0; count < 5; count++) await endJob('completed');
    await until(async () => (await messages()).every(({ state }) => state === 'delivered'));
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(5);
    expect(receiver.received).toHaveLength(5);
  });

  it('that the settings no longer name is taken off with its messages', async () => {
    const stop = await send(hook());
    receiver.respond = () => ({ status: 500 });
    await endJob('completed');
    await stop();
    await send(hook({ name: 'other' }));
    expect(await messages('ris')).toEqual([]);
  });
});

describe('the file of webhooks', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await newDataFolder('promptseg-webhooks-');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const read = async (content: string, variables = {}) => {
    const file = path.join(folder, 'webhooks.yaml');
    await writeFile(file, content);
    return readWebhooks(file, variables);
  };

  it('names address, filter and the place of the secret', async () => {
    await writeFile(path.join(folder, 'secret'), `${secret}\n`);
    const found = await read(
      `version: 1
webhooks:
  ris: { url: "http://10.0.0.7/hook", secret: { environment: RIS }, states: [failed], rules: [head-mr] }
  log: { url: "https://log.example/x?y", secret: { file: ${path.join(folder, 'secret')} } }`,
      { RIS: secret },
    );
    expect(found).toMatchObject([
      { name: 'ris', url: 'http://10.0.0.7/hook', filter: { states: ['failed'], rules: ['head-mr'] } },
      { name: 'log', filter: {} },
    ]);
    expect(found.map(({ key }) => key.length)).toEqual([32, 32]);
    expect(await readWebhooks(undefined)).toEqual([]);
  });

  it.each([
    ['ftp://ris/hook', '{ environment: RIS }', secret, /line 3, column .*webhooks\.ris\.url/],
    [
      'http://me:geheim@ris/hook',
      '{ environment: RIS }',
      secret,
      /line 3, column .*webhooks\.ris\.url: contains credentials/,
    ],
    ['http://me@ris/hook', '{ environment: RIS }', secret, /contains credentials/],
    ['http://ris/hook', 'whsec_in-the-file', secret, /line 3, column .*webhooks\.ris\.secret/],
    ['http://ris/hook', '{ environment: OTHER }', secret, /environment variable OTHER/],
    ['http://ris/hook', '{ file: /nowhere }', secret, /not in its file/],
    ['http://ris/hook', '{ environment: RIS }', 'whsec_c2hvcnQ=', /24 to 64 bytes/],
    ['http://ris/hook', '{ environment: RIS, filr: x }', secret, /secret\.filr/],
  ])('is refused with its place: %s, %s', async (url, source, value, message) => {
    const error = await read(`version: 1\nwebhooks:\n  ris: { url: "${url}", secret: ${source} }\n`, {
      RIS: value,
    }).catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'settings-file-invalid', message: expect.stringMatching(message) });
    expect(String(error)).not.toContain(secret);
    expect(JSON.stringify(error)).not.toContain('geheim');
  });
});
