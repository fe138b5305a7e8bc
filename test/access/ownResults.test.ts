import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EditedResult } from '../../server/contract/job.js';
import { type SmallApplication, smallApplication } from '../../server/src/cli/app/smallApplication.testSupport.js';
import { aCompletedJob, storedResult } from '../../viewer-extension/src/testing/jobs.js';
import { idleStatus, workerOn } from '../jobs/scriptedWorker.js';

/** Who may delete which result: its maker, and an administrator. */
let application: SmallApplication;
let deleted: string[];
/** Asked by Ada, and edited by her and by Bob. */
let id: string;
const edits = { ada: '1.2.3.9.2', bob: '1.2.3.9.3' };

beforeAll(async () => {
  application = await smallApplication({ PROMPTSEG_AUTH: 'proxy', PROMPTSEG_TRUSTED_PROXIES: '127.0.0.1' }, undefined, {
    results: ({ store }) =>
      ({
        async deleteResult(of: string) {
          deleted.push('own');
          return store.get(of);
        },
        async deleteEdited(of: string, uid: string) {
          deleted.push(uid);
          return store.get(of);
        },
      }) as never,
  });
  const { store, leases, workers } = application.jobs;
  const body = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', prompts: ['bone'] };
  ({ id } = (await (await send('ada', 'researcher', 'POST', '', body)).json()) as { id: string });
  const worker = { id: randomUUID(), host: 'here' };
  await workers.register(worker.id, workerOn('here'), idleStatus);
  const { lease } = (await leases.takeNext(worker))!;
  await leases.end(lease, { state: 'completed', findings: aCompletedJob().findings, result: storedResult });
  const editedBy = (name: 'ada' | 'bob'): EditedResult => ({
    ...storedResult,
    sopInstanceUID: edits[name],
    predecessor: storedResult.sopInstanceUID,
    createdAt: '2026-01-02T00:00:00.000Z',
    findings: [],
    removed: [],
    by: { kind: 'user', subject: name, displayName: name },
  });
  await store.amend(id, () => ({ editedResults: [editedBy('ada'), editedBy('bob')] }));
});
afterAll(() => application?.close());
beforeEach(() => {
  deleted = [];
});

function send(user: string, role: string, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${application.url}/api/v1/segmentations${path}`, {
    method,
    headers: { 'x-forwarded-user': user, 'x-forwarded-groups': role, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

describe('a result', () => {
  it.each([
    ['ada', 'researcher', '/result', 'own'],
    ['ada', 'researcher', `/edited/${edits.ada}`, edits.ada],
    ['bob', 'researcher', `/edited/${edits.bob}`, edits.bob],
    ['carl', 'administrator', '/result', 'own'],
    ['carl', 'administrator', `/edited/${edits.bob}`, edits.bob],
  ])('is deleted by %s (%s): %s', async (user, role, path, result) => {
    expect([(await send(user, role, 'DELETE', `/${id}${path}`)).status, deleted]).toEqual([200, [result]]);
  });

  it.each([
    ['bob', 'researcher', '/result'],
    ['bob', 'rules-administrator', '/result'],
    ['ada', 'viewer', '/result'],
    ['bob', 'researcher', `/edited/${edits.ada}`],
    // Asking for the job gives no right to what others made of it, however the address is written.
    ['ada', 'researcher', `/edited/${edits.bob}`],
    ['ada', 'researcher', `/EDITED/${edits.bob}`],
    ['ada', 'researcher', `/edited/${edits.bob}/`],
    ['ada', 'researcher', `/edited/${edits.bob.replaceAll('.', '%2E')}`],
    ['ada', 'researcher', `/Edited/${edits.bob}?`],
    ['ada', 'researcher', '/edited/1.2.3.9.4'],
  ])('is not deleted by %s (%s): %s', async (user, role, path) => {
    const response = await send(user, role, 'DELETE', `/${id}${path}`);
    expect([response.status, deleted]).toEqual([403, []]);
    expect(await response.json()).toMatchObject({ code: 'not-permitted' });
  });
});
