import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../scripts/setup/command.mjs';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { repository } from '../../scripts/setup/paths.mjs';
import { type Server, startServer } from '../../scripts/setup/server.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import type { Delivery } from '../../server/contract/delivery.js';
import type { DestinationsView } from '../../server/contract/destinations.js';
import type { EditedResult, Job } from '../../server/contract/job.js';
import type { EditedView } from '../../server/contract/results.js';
import type { FeedView } from '../../server/contract/routing.js';
import { naturalizeHeader } from '../../server/src/dicom/naturalizeHeader.js';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { getBit } from '../../server/src/values/maskBits.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { call, submit, uidsOf, waitFor } from '../endToEnd/productClient.js';
import { type ArchiveProxy, isStore, noInterference, startArchiveProxy } from '../support/archiveProxy.js';
import { newServerData, type ServerData } from '../support/sharedPostgres.js';
import { tinyBody } from '../support/tinyBody.js';
import { until } from '../support/until.js';
import { exportAsViewer } from '../support/viewerExport.js';
import { streamOf } from '../volume/streamOf.js';
import { type OrthancNode, startOrthancNode } from './orthancNode.js';

/**
 * The product beside its source archive, and three more real Orthancs: a research node over DICOMweb with credentials,
 * behind a proxy that a test can hold up; a workstation that takes C-STORE; a peer of the source. `locked` is the
 * research node by credentials that are wrong until the server is first started again.
 */
let source: OrthancNode;
let research: OrthancNode;
let workstation: OrthancNode;
let mirror: OrthancNode;
let gateway: ArchiveProxy;
let data: ServerData;
let destinations: string;
let server: Server;
let start: (passwordOfLocked?: string) => Promise<void>;
const uids: ReturnType<typeof uidsOf>[] = [];

beforeAll(async () => {
  const dicomPort = await freePort();
  [research, workstation, mirror] = await Promise.all([
    startOrthancNode({}, 'right'),
    startOrthancNode({ DicomServerEnabled: true, DicomAet: 'WORKSTATION', DicomPort: dicomPort }),
    startOrthancNode({}, 'mirrored'),
  ]);
  source = await startOrthancNode({
    DicomModalities: { screen: ['WORKSTATION', '127.0.0.1', dicomPort] },
    OrthancPeers: { copy: [`${mirror.url}/`, 'promptseg', 'mirrored'] },
  });
  for (const name of ['delivered 1', 'delivered 2', 'delivered 3']) {
    const instances = await tinyBody(name);
    uids.push(uidsOf(instances[0]!));
    await source.upload(instances);
  }
  gateway = await startArchiveProxy(research);
  data = await newServerData('promptseg-destinations-');
  destinations = path.join(data.folder, 'destinations.yaml');
  await writeFile(
    destinations,
    `version: 1
destinations:
  research:
    dicomWeb:
      url: ${gateway.url}
      username: promptseg
      password: { environment: RESEARCH_PASSWORD }
  locked:
    dicomWeb:
      url: ${gateway.url}
      username: promptseg
      password: { environment: LOCKED_PASSWORD }
  workstation: { orthancModality: screen }
  mirror: { orthancPeer: copy }
  nobody: { orthancModality: missing }
`,
  );
  const port = await freePort();
  const viewer = await setUpViewer();
  start = async (passwordOfLocked = 'right') => {
    server = await startServer({
      archive: source.dicomWebUrl,
      viewer,
      data: data.folder,
      port,
      settings: {
        ...source.settings,
        ...data.settings,
        PROMPTSEG_ORTHANC_URL: source.url,
        PROMPTSEG_DESTINATIONS_FILE: destinations,
        RESEARCH_PASSWORD: 'right',
        LOCKED_PASSWORD: passwordOfLocked,
      },
    });
  };
  await start('not the password');
});
afterAll(async () => {
  await server?.stop();
  gateway?.close();
  for (const node of [source, research, workstation, mirror]) await node?.stop();
  await data?.remove();
});

const read = async (id: string): Promise<Job> => (await call<Job>(server, 'GET', `/segmentations/${id}`)).body;
const untilDelivery = (id: string, fits: (delivery: Delivery) => boolean, destination: string): Promise<Delivery> =>
  until(async () => {
    const found = (await read(id)).deliveries?.find((each) => each.destination === destination);
    return found !== undefined && fits(found) && found;
  });
const isIn = (state: Delivery['state']) => (delivery: Delivery) => delivery.state === state;
const hasTroubleOf = (code: string) => (delivery: Delivery) => delivery.problem?.code === code;
const retry = (id: string, destination: string) =>
  call<Job>(server, 'POST', `/segmentations/${id}/deliveries/${destination}/retry`);
async function completed(series: number, destinations: string[], prompt: string): Promise<Job> {
  const request = {
    ...uids[series]!,
    prompts: [prompt],
    destinations,
    output: { measurementReport: true, rtStructureSet: true },
  };
  return waitFor(server, (await submit(server, request)).body.id);
}
const sentOf = ({ sent }: Delivery) => sent?.map(({ sopInstanceUID }) => sopInstanceUID);

/** Stores an edit of the result, as a viewer makes it, in which its first segment was removed. */
async function withoutFirstSegment(id: string, part10s: readonly Uint8Array[]): Promise<EditedResult> {
  const { grid, sourceImages } = await assembleVolume(streamOf(part10s), { signal: new AbortController().signal });
  const byUid = new Map(part10s.map((part10) => [String(naturalizeHeader(part10).SOPInstanceUID), part10]));
  const images = sourceImages.map(({ sopInstanceUID }) => byUid.get(sopInstanceUID)!);
  const address = `${server.url}/api/v1/segmentations/${id}`;
  const stored = new Uint8Array(await (await fetch(`${address}/export/segmentation`)).arrayBuffer());
  const segmentation = readSegmentation(stored);
  const [, ...kept] = segmentation.segments.map(({ label, number }) => {
    const { bits } = maskOfSegment(segmentation, number, grid);
    return { label, contains: (n: number) => getBit(bits, n) };
  });
  const response = await fetch(`${address}/edited`, {
    method: 'POST',
    headers: { 'content-type': 'application/dicom' },
    body: new Uint8Array(exportAsViewer(images, kept)),
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as EditedView).edited;
}
const resultsOf = ({ result }: Job): string[] =>
  [result!, ...result!.alsoStored].map(({ sopInstanceUID }) => sopInstanceUID).sort();

describe('the results of a job', () => {
  it('go to a DICOMweb archive, a modality and a peer, with report and contours', async () => {
    const job = await completed(0, ['source', 'research', 'workstation', 'mirror'], 'body');
    expect(resultsOf(job)).toHaveLength(3);
    for (const destination of ['research', 'workstation', 'mirror'])
      await untilDelivery(job.id, isIn('delivered'), destination);
    for (const node of [research, workstation, mirror]) expect(await node.sopInstanceUIDs()).toEqual(resultsOf(job));
    // Repeating it is harmless.
    expect(await retry(job.id, 'research')).toMatchObject({ status: 409, body: { code: 'delivery-not-retriable' } });
  });

  it('wait for a destination that is down, and arrive when it is back, once', async () => {
    await research.kill();
    const before = await workstation.sopInstanceUIDs();
    const job = await completed(1, ['research', 'workstation'], 'body');
    const waiting = await untilDelivery(job.id, hasTroubleOf('destination-unreachable'), 'research');
    expect(waiting).toMatchObject({ state: 'waiting', attempts: 1, nextAttemptAt: expect.any(String) });
    await untilDelivery(job.id, isIn('delivered'), 'workstation');
    expect(await workstation.sopInstanceUIDs()).toEqual([...before, ...resultsOf(job)].sort());
    await research.restart();
    expect((await retry(job.id, 'research')).status).toBe(202);
    await untilDelivery(job.id, isIn('delivered'), 'research');
    expect(await research.sopInstanceUIDs()).toEqual(expect.arrayContaining(resultsOf(job)));
  });

  let refusedJob: string;

  it('are given up at once for wrong credentials or an unknown modality', async () => {
    const job = await completed(1, ['locked', 'nobody'], 'body and bone');
    refusedJob = job.id;
    const refused = await untilDelivery(job.id, isIn('failed'), 'locked');
    expect(refused.problem).toMatchObject({
      code: 'destination-refused',
      detail: expect.stringMatching(/^The destination refused the credentials/),
    });
    expect(JSON.stringify(await read(job.id))).not.toMatch(/not the password|Basic/);
    expect((await untilDelivery(job.id, isIn('failed'), 'nobody')).problem?.code).toBe('destination-refused');
  });

  it('arrive once where the server is killed halfway: after the first object is stored', async () => {
    const stores: string[] = [];
    let killed: Promise<void> | undefined;
    const killedHere = new Promise<void>((resolve) => {
      gateway.interfere = async (exchange) => {
        if (!isStore(exchange)) return false;
        stores.push(exchange.incoming.url ?? '');
        if (stores.length !== 2) return false;
        // The second object reaches the archive, and its acknowledgement nobody.
        await exchange.forward();
        killed = server.kill();
        resolve();
        exchange.response.destroy();
        return true;
      };
    });
    const before = await research.sopInstanceUIDs();
    const job = await completed(2, ['research'], 'body').catch(() => undefined);
    await killedHere;
    await killed;
    expect(job === undefined || job.state === 'completed').toBe(true);
    gateway.interfere = noInterference;
    let storesAfter = 0;
    gateway.interfere = (exchange) => {
      if (isStore(exchange)) storesAfter++;
      return false;
    };
    await start();
    const [{ id }] = (await call<{ segmentations: Job[] }>(server, 'GET', '/segmentations?limit=1')).body
      .segmentations as [Job];
    await untilDelivery(id, isIn('delivered'), 'research');
    gateway.interfere = noInterference;
    expect(storesAfter).toBe(1);
    expect(await research.sopInstanceUIDs()).toEqual([...before, ...resultsOf(await read(id))].sort());
  });

  it('of a rule go on with their report, and the edit of them too, once, to one that was down meanwhile', async () => {
    const attributes = { ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'], SeriesDescription: 'for the ward' };
    const rule = {
      match: { attribute: 'SeriesDescription', equals: 'for the ward' },
      prompts: ['body', 'soft tissue'],
      output: { report: true },
      destinations: ['research', 'workstation'],
    };
    expect((await call(server, 'PUT', '/rules/ward', rule)).status).toBe(201);
    // What arrives before the list of changes is read for the first time is not routed.
    await until(async () => (await call<FeedView>(server, 'GET', '/rules/feed')).body.readAt !== undefined);
    const instances = await tinyBody('delivered by a rule', () => attributes);
    await source.upload(instances);
    const { id } = await until(async () => {
      const { body } = await call<{ segmentations: Job[] }>(server, 'GET', '/segmentations?limit=20');
      return body.segmentations.find((each) => each.rule?.name === 'ward');
    });
    const { result } = await waitFor(server, id);
    const [report] = result!.alsoStored;
    expect(report).toMatchObject({ kind: 'report', sopClassUID: '1.2.840.10008.5.1.4.1.1.104.1' });
    for (const destination of ['research', 'workstation']) await untilDelivery(id, isIn('delivered'), destination);
    const heldBefore = await research.sopInstanceUIDs();
    expect(heldBefore).toEqual(expect.arrayContaining([result!.sopInstanceUID, report!.sopInstanceUID]));

    await research.kill();
    const { sopInstanceUID } = await withoutFirstSegment(id, instances);
    expect(sentOf(await untilDelivery(id, isIn('delivered'), 'workstation'))).toEqual([
      result!.sopInstanceUID,
      sopInstanceUID,
    ]);
    await untilDelivery(id, hasTroubleOf('destination-unreachable'), 'research');
    await server.kill();
    await research.restart();
    await start();
    expect([202, 409]).toContain((await retry(id, 'research')).status);
    const delivered = await untilDelivery(id, isIn('delivered'), 'research');
    expect(sentOf(delivered)).toEqual([result!.sopInstanceUID, sopInstanceUID]);
    expect(await research.sopInstanceUIDs()).toEqual([...heldBefore, sopInstanceUID].sort());
    expect((await fetch(`${server.url}/api/v1/rules/ward`, { method: 'DELETE' })).status).toBe(204);
  });

  it('that were refused are delivered on a retry, once the credentials are right', async () => {
    expect((await retry(refusedJob, 'locked')).status).toBe(202);
    await untilDelivery(refusedJob, isIn('delivered'), 'locked');
    expect(await retry(refusedJob, 'mirror')).toMatchObject({ status: 404, body: { code: 'delivery-not-found' } });
  });

  it('are counted per destination, without credentials', async () => {
    const { destinations } = (await call<DestinationsView>(server, 'GET', '/destinations')).body;
    expect(destinations.map(({ name, kind }) => [name, kind])).toEqual([
      ['source', 'source'],
      ['research', 'dicom-web'],
      ['locked', 'dicom-web'],
      ['workstation', 'orthanc-modality'],
      ['mirror', 'orthanc-peer'],
      ['nobody', 'orthanc-modality'],
    ]);
    expect(destinations.find(({ name }) => name === 'nobody')?.deliveries).toMatchObject({ failed: 1, delivered: 0 });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('promptseg_deliveries{destination="nobody",state="failed"} 1');
    expect(JSON.stringify(destinations)).not.toContain('right');
  });
});

describe('promptseg doctor', () => {
  it('asks each destination and says what is wrong with which', async () => {
    const { output } = await run(
      process.execPath,
      [path.join(repository, 'server/bin/promptseg.mjs'), 'doctor', '--json', '--archive', source.dicomWebUrl],
      {
        env: {
          ...process.env,
          ...source.settings,
          PROMPTSEG_ORTHANC_URL: source.url,
          PROMPTSEG_DESTINATIONS_FILE: destinations,
          RESEARCH_PASSWORD: 'wrong',
          LOCKED_PASSWORD: 'right',
        },
      },
    );
    const checks = JSON.parse(output.split('\n').find((line) => line.startsWith('['))!) as {
      name: string;
      state: string;
    }[];
    const stateOf = (name: string): string | undefined =>
      checks.find((check) => check.name === `Destination ${name}`)?.state;
    expect(['research', 'workstation', 'mirror', 'nobody'].map(stateOf)).toEqual(['failed', 'ok', 'ok', 'failed']);
  });
});
