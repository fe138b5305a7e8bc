import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { type DicomJson, element, firstText, itemsOf } from '../../server/contract/dicomJson.js';
import { asNobody } from '../../server/src/http/principalOf.js';
import { sendProblems } from '../../server/src/http/problems.js';
import { newDataFolder } from '../../server/src/jobs/dataFolder.testSupport.js';
import { createJobService } from '../../server/src/jobs/jobService.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import { deleteEndedBefore, deleteWorkitemsBefore } from '../../server/src/jobs/retention.js';
import type { SeriesSummary } from '../../server/src/pacs/archive.js';
import { PromptsegError, toProblem } from '../../server/src/platform/errors.js';
import { upsRoutes } from '../../server/src/routing/ups/upsRoutes.js';
import { createWorkitemStore } from '../../server/src/routing/ups/workitemStore.js';
import { tags } from '../../server/src/routing/ups/workitemTags.js';
import { createWorklist, type Worklist } from '../../server/src/routing/ups/worklist.js';
import { archiveWith, emptied, library, series } from '../jobs/jobParts.js';
import { idleStatus, workerOn } from '../jobs/scriptedWorker.js';
import { workitemOf } from './workitem.js';

const worker = { id: '7f1c0a52-4f5e-4c1b-9a51-0d8a4e1c6b11', host: 'here' };
let folder: string;
let jobs: Jobs;
let worklist: Worklist;
let server: Server;
let root: string;
let findSeries: () => Promise<SeriesSummary>;

beforeAll(async () => {
  folder = await newDataFolder('promptseg-worklist-');
  jobs = await openJobs({ kind: 'embedded', dataFolder: folder });
  const service = createJobService({ jobs, archive: archiveWith(() => findSeries()), library });
  worklist = createWorklist({
    store: createWorkitemStore(jobs.database),
    service,
    archiveUrl: 'http://pacs/dicom-web',
  });
  const application = express();
  application.use('/ups-rs', asNobody, upsRoutes(worklist));
  application.use(sendProblems);
  server = createServer(application);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ups-rs/workitems`;
});
beforeEach(async () => {
  findSeries = async () => series;
  await jobs.database.executeSql(`${emptied} DELETE FROM promptseg.workitems`);
  await jobs.workers.register(worker.id, workerOn('here'), idleStatus);
});
afterAll(async () => {
  await new Promise((resolve) => server?.close(resolve));
  await jobs?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Received {
  readonly status: number;
  readonly warning: string | null;
  readonly body: unknown;
  readonly location: string | null;
}
async function send(method: string, address = '', dataset?: DicomJson): Promise<Received> {
  const response = await fetch(root + address, {
    method,
    ...(dataset && { headers: { 'content-type': 'application/dicom+json' }, body: JSON.stringify([dataset]) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    warning: response.headers.get('warning'),
    location: response.headers.get('location'),
    body: text === '' ? undefined : JSON.parse(text),
  };
}
const retrieve = async (uid: string): Promise<DicomJson> => ((await send('GET', `/${uid}`)).body as DicomJson[])[0]!;
const stateOf = async (uid: string): Promise<string | undefined> =>
  firstText(await retrieve(uid), tags.ProcedureStepState);
const workitem = (more: DicomJson = {}): DicomJson => ({ ...workitemOf('1.2', '1.2.3', ['bone']), ...more });
const notReady = { [tags.InputReadinessState]: element('CS', 'INCOMPLETE') };
const stateChange = (state: string, transactionUid?: string): DicomJson => ({
  [tags.ProcedureStepState]: element('CS', state),
  ...(transactionUid !== undefined && { [tags.TransactionUID]: element('UI', transactionUid) }),
});
const jobIds = async (): Promise<string[]> => (await jobs.lists.list({ limit: 10 })).jobs.map(({ id }) => id);

describe('a workitem', () => {
  it('is created under its own, a named or a new UID, and begins as a job', async () => {
    const created = await send('POST', '?1.2.840.1', workitem());
    expect([created.status, created.warning, created.location]).toEqual([201, null, '/ups-rs/workitems/1.2.840.1']);
    const [job] = (await jobs.lists.list({ limit: 10 })).jobs;
    expect(job?.request).toEqual({
      studyInstanceUID: '1.2',
      seriesInstanceUID: '1.2.3',
      prompts: ['bone'],
      allowPartial: true,
      priority: 'routed',
    });
    expect((await send('POST', '?workitem=1.2.840.1', workitem())).status).toBe(409);
    const own = { ...workitemOf('1.2', '1.2.3', ['skeleton']), [tags.SOPInstanceUID]: element('UI', '1.2.840.2') };
    expect((await send('POST', '', own)).location).toBe('/ups-rs/workitems/1.2.840.2');
    const { [tags.InputReadinessState]: _, ...incomplete } = workitemOf('1.2', '1.2.3', ['the bone']);
    const modified = await send('POST', '', incomplete);
    expect([modified.status, modified.warning]).toEqual([
      201,
      '299 promptseg: The UPS was created with modifications.',
    ]);
    expect(modified.location).toMatch(/workitems\/2\.25\.\d+$/);
  });

  it('follows its job, and names what was stored', async () => {
    await send('POST', '?1.2.840.1', workitem());
    expect(await stateOf('1.2.840.1')).toBe('SCHEDULED');
    const { lease, job } = (await jobs.leases.takeNext(worker))!;
    await jobs.leases.update(lease, { progress: { message: 'window 3 of 12' } });
    expect(await stateOf('1.2.840.1')).toBe('IN PROGRESS');
    const [progress] = itemsOf(await retrieve('1.2.840.1'), tags.ProcedureStepProgressInformationSequence);
    expect(firstText(progress!, tags.ProcedureStepProgressDescription)).toBe('retrieving: window 3 of 12');
    // A job that waits for another attempt does not make its workitem SCHEDULED again.
    await jobs.leases.putBack(lease, { state: 'queued' });
    expect(await stateOf('1.2.840.1')).toBe('IN PROGRESS');
    const again = (await jobs.leases.takeNext(worker))!.lease;
    const stored = (number: number) => ({
      seriesInstanceUID: `1.2.${number}`,
      sopInstanceUID: `1.2.${number}.1`,
      sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
      seriesDescription: 'bone',
      bytes: 10,
    });
    const report = { ...stored(5), kind: 'measurement-report' as const };
    await jobs.leases.end(again, {
      state: 'completed',
      result: { ...stored(4), studyInstanceUID: '1.2', alsoStored: [report] },
    });
    const done = await retrieve('1.2.840.1');
    expect(firstText(done, tags.ProcedureStepState)).toBe('COMPLETED');
    const [performed] = itemsOf(done, tags.UnifiedProcedureStepPerformedProcedureSequence);
    const outputs = itemsOf(performed!, tags.OutputInformationSequence);
    expect(outputs.map((output) => firstText(output, tags.SeriesInstanceUID))).toEqual(['1.2.4', '1.2.5']);
    expect(firstText(itemsOf(outputs[0]!, tags.ReferencedSOPSequence)[0]!, tags.ReferencedSOPInstanceUID)).toBe(
      '1.2.4.1',
    );
    expect(firstText(itemsOf(outputs[0]!, tags.WADORSRetrievalSequence)[0]!, tags.RetrieveURL)).toBe(
      'http://pacs/dicom-web/studies/1.2/series/1.2.4/instances/1.2.4.1',
    );
    expect(Object.keys(done)).toEqual([...Object.keys(done)].sort());
    expect(job.id).toBe((await jobIds())[0]);
  });

  it('whose job failed is CANCELED, with the reason', async () => {
    await send('POST', '?1.2.840.1', workitem());
    const { lease } = (await jobs.leases.takeNext(worker))!;
    const problem = toProblem(new PromptsegError('series-mixed', 'Two series.'));
    await jobs.leases.end(lease, { state: 'failed', problem });
    const failed = await retrieve('1.2.840.1');
    expect(firstText(failed, tags.ProcedureStepState)).toBe('CANCELED');
    const [progress] = itemsOf(failed, tags.ProcedureStepProgressInformationSequence);
    expect(firstText(progress!, tags.ReasonForCancellation)).toBe('series-mixed: Two series.');
  });

  it('is cancelled on request while it waits and while it runs, and never when it has ended', async () => {
    await send('POST', '?1.2.840.1', workitem());
    expect(await send('POST', '/1.2.840.1/cancelrequest')).toMatchObject({ status: 202, warning: null });
    expect(await stateOf('1.2.840.1')).toBe('CANCELED');
    expect(await send('POST', '/1.2.840.1/cancelrequest', {})).toMatchObject({
      status: 202,
      warning: '299 promptseg: The UPS is already in the requested state of CANCELED.',
    });
    await send('POST', '?1.2.840.2', workitem());
    const { lease } = (await jobs.leases.takeNext(worker))!;
    await jobs.leases.beginStoring(lease, '1.2.4.1');
    expect(await send('POST', '/1.2.840.2/cancelrequest')).toMatchObject({
      status: 409,
      warning: '299 promptseg: Performer chooses not to cancel.',
    });
    await jobs.leases.end(lease, { state: 'completed' });
    expect(await send('POST', '/1.2.840.2/cancelrequest')).toMatchObject({
      status: 409,
      warning: '299 promptseg: The UPS is already COMPLETED.',
    });
    expect((await send('POST', '/1.2.840.3/cancelrequest')).status).toBe(404);
  });

  it('never cancels the job that somebody else asked for', async () => {
    await send('POST', '?1.2.840.1', workitem());
    await send('POST', '?1.2.840.2', workitem());
    expect(await jobIds()).toHaveLength(1);
    expect(await send('POST', '/1.2.840.2/cancelrequest')).toMatchObject({ status: 409 });
    expect(await stateOf('1.2.840.1')).toBe('SCHEDULED');
  });

  it('whose input is not ready waits, can be changed, and begins when an update says that it is', async () => {
    await send('POST', '?1.2.840.1', workitem(notReady));
    await worklist.performWaiting();
    expect(await jobIds()).toEqual([]);
    const reserved = await send('POST', '/1.2.840.1', stateChange('IN PROGRESS'));
    expect(reserved).toMatchObject({ status: 400, body: { code: 'workitem-invalid' } });
    const label = { '00741204': element('LO', 'Bones') };
    expect((await send('POST', '/1.2.840.1', label)).status).toBe(200);
    expect((await send('POST', '/1.2.840.1', { [tags.InputReadinessState]: element('CS', 'READY') })).status).toBe(200);
    expect(await jobIds()).toHaveLength(1);
    expect(firstText(await retrieve('1.2.840.1'), '00741204')).toBe('Bones');
    expect(await send('POST', '/1.2.840.1', label)).toMatchObject({
      status: 409,
      warning: expect.stringContaining('inconsistent with the current state'),
    });
  });

  it('can be claimed by another performer before it begins, and then only that one changes it', async () => {
    await send('POST', '?1.2.840.1', workitem());
    const [id] = await jobIds();
    expect((await send('PUT', '/1.2.840.1/state', stateChange('IN PROGRESS'))).warning).toContain('is missing');
    expect(await send('PUT', '/1.2.840.1/state', stateChange('COMPLETED', '1.9'))).toMatchObject({ status: 409 });
    expect((await send('PUT', '/1.2.840.1/state', stateChange('IN PROGRESS', '1.9'))).status).toBe(200);
    expect((await jobs.store.get(id!)).state).toBe('cancelled');
    const claimed = await retrieve('1.2.840.1');
    expect([firstText(claimed, tags.ProcedureStepState), claimed[tags.TransactionUID]]).toEqual([
      'IN PROGRESS',
      undefined,
    ]);

    expect(await send('PUT', '/1.2.840.1/state', stateChange('IN PROGRESS', '1.8'))).toMatchObject({ status: 409 });
    const wrong = await send('PUT', '/1.2.840.1/state', stateChange('CANCELED', '1.8'));
    expect([wrong.status, wrong.warning]).toEqual([409, '299 promptseg: The Transaction UID is incorrect.']);
    expect((await send('POST', '/1.2.840.1/cancelrequest')).warning).toContain('cannot be contacted');
    const performed = { [tags.UnifiedProcedureStepPerformedProcedureSequence]: element('SQ', {}) };
    expect((await send('POST', '/1.2.840.1', performed)).status).toBe(400);
    expect((await send('POST', '/1.2.840.1?1.8', performed)).status).toBe(409);
    expect((await send('PUT', '/1.2.840.1/state', stateChange('COMPLETED', '1.9'))).status).toBe(409);
    expect((await send('POST', '/1.2.840.1?1.9', performed)).status).toBe(200);
    expect(await send('PUT', '/1.2.840.1/state', stateChange('COMPLETED', '1.9'))).toMatchObject({
      status: 200,
      warning: null,
    });
    expect((await send('PUT', '/1.2.840.1/state', stateChange('COMPLETED', '1.9'))).warning).toContain('already');
    expect((await send('PUT', '/1.2.840.1/state', stateChange('CANCELED', '1.9'))).status).toBe(409);
  });

  it('without a job is deleted when nobody has changed it for long; one with a job goes with that', async () => {
    await send('POST', '?1.2.840.1', workitem(notReady));
    await send('POST', '?1.2.840.2', { ...workitemOf('1.2', '1.2.9', ['bone']), ...notReady });
    await send('POST', '?1.2.840.3', workitem());
    await jobs.database.executeSql(
      `UPDATE promptseg.workitems SET changed_at = now() - interval '91 days' WHERE uid <> '1.2.840.2'`,
    );
    await deleteWorkitemsBefore(jobs.database, new Date(Date.now() - 90 * 24 * 3_600_000));
    const left = async () =>
      Promise.all([1, 2, 3].map(async (number) => (await send('GET', `/1.2.840.${number}`)).status));
    expect(await left()).toEqual([404, 200, 200]);
    await send('POST', '/1.2.840.3/cancelrequest');
    await deleteEndedBefore(jobs.database, new Date(Date.now() + 1000));
    expect(await left()).toEqual([404, 200, 404]);
  });

  it('that our job performs cannot be claimed any more', async () => {
    await send('POST', '?1.2.840.1', workitem());
    await jobs.leases.takeNext(worker);
    expect((await send('PUT', '/1.2.840.1/state', stateChange('IN PROGRESS', '1.9'))).status).toBe(409);
    expect(await send('PUT', '/1.2.840.1/state', stateChange('COMPLETED', '1.9'))).toMatchObject({ status: 409 });
    expect(await stateOf('1.2.840.1')).toBe('IN PROGRESS');
  });

  it.each([
    ['no prompt', { [tags.ScheduledProcessingParametersSequence]: element('SQ') }, 'workitem-invalid'],
    ['no series', { [tags.InputInformationSequence]: element('SQ') }, 'workitem-invalid'],
    ['another state', stateChange('IN PROGRESS'), 'workitem-invalid'],
    ['a Transaction UID', { [tags.TransactionUID]: element('UI', '1.9') }, 'workitem-invalid'],
    ['a prompt that nobody understands', workitemOf('1.2', '1.2.3', ['spaceship']), 'workitem-invalid'],
    ['what is no DICOM JSON', { nonsense: element('UI', '1') }, 'request-invalid'],
  ])('is refused with %s, and not kept', async (_what, more, code) => {
    expect(await send('POST', '?1.2.840.1', workitem(more as DicomJson))).toMatchObject({
      status: 400,
      body: { code },
    });
    expect((await send('GET', '/1.2.840.1')).status).toBe(404);
    expect(await jobIds()).toEqual([]);
  });

  it('is kept while the archive is down, and begins when it is back; one that cannot be done ends', async () => {
    findSeries = async () => {
      throw new PromptsegError('archive-unreachable', 'Away.');
    };
    for (const uid of ['1.2.840.1', '1.2.840.2']) expect((await send('POST', `?${uid}`, workitem())).status).toBe(201);
    await worklist.performWaiting();
    expect(await stateOf('1.2.840.1')).toBe('SCHEDULED');
    findSeries = async () => series;
    await send('POST', '/1.2.840.1/cancelrequest');
    await worklist.performWaiting();
    expect([await stateOf('1.2.840.1'), await jobIds()]).toEqual(['CANCELED', [expect.any(String)]]);

    await jobs.database.executeSql('UPDATE promptseg.workitems SET job_id = NULL');
    findSeries = async () => {
      throw new PromptsegError('series-not-found', 'Gone.');
    };
    await worklist.performWaiting();
    const [progress] = itemsOf(await retrieve('1.2.840.2'), tags.ProcedureStepProgressInformationSequence);
    expect(firstText(progress!, tags.ReasonForCancellation)).toBe('series-not-found: Gone.');
  });
});

describe('a search', () => {
  const search = async (query: string): Promise<(string | undefined)[] | number> => {
    const { status, body } = await send('GET', query);
    return status === 200 ? (body as DicomJson[]).map((found) => firstText(found, tags.SOPInstanceUID)) : status;
  };
  beforeEach(async () => {
    const patient = (name: string) => ({ '00100010': { vr: 'PN', Value: [{ Alphabetic: name }] } });
    const starts = (dateTime: string) => ({ '00404005': element('DT', dateTime) });
    await send('POST', '?1.2.840.1', workitem({ ...notReady, ...patient('Doe^Jane'), ...starts('20261101') }));
    await send('POST', '?1.2.840.2', { ...workitemOf('1.2', '1.2.9', ['bone']), ...notReady, ...starts('20261122') });
    await send('POST', '?1.2.840.3', workitem(patient('Roe^Richard')));
  });

  it.each([
    ['', ['1.2.840.3', '1.2.840.2', '1.2.840.1']],
    ['?ProcedureStepState=SCHEDULED&InputReadinessState=READY', ['1.2.840.3']],
    ['?00741000=COMPLETED', 204],
    ['?InputInformationSequence.SeriesInstanceUID=1.2.9,1.2.10', ['1.2.840.2']],
    ['?ScheduledProcessingParametersSequence.TextValue=b?n*', ['1.2.840.3', '1.2.840.2', '1.2.840.1']],
    ['?ScheduledProcessingParametersSequence.TextValue=*liver*', 204],
    ['?PatientName=doe*', ['1.2.840.1']],
    ['?ScheduledProcedureStepStartDateTime=20261110-20261130', ['1.2.840.2']],
    ['?ScheduledProcedureStepStartDateTime=-202611', ['1.2.840.2', '1.2.840.1']],
    ['?limit=1&offset=1', ['1.2.840.2']],
    ['?SOPInstanceUID=&includefield=all', ['1.2.840.3', '1.2.840.2', '1.2.840.1']],
    ['?NoSuchKeyword=1', 400],
    [`?PatientName=*${'a'.repeat(128)}`, 400],
    [`?PatientName=*${'a'.repeat(64)}&PatientComments=*${'a'.repeat(64)}`, 400],
    [`?${'InputInformationSequence.SeriesInstanceUID=1.2.9&'.repeat(33)}`, 400],
    [`?${'InputInformationSequence.SeriesInstanceUID=1.2.9&'.repeat(32)}`, ['1.2.840.2']],
  ])('%s', async (query, expected) => {
    expect(await search(query)).toEqual(expected);
  });
});
