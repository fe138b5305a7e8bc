import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { fromInstances } from '../../server/src/cli/app/fromInstances.js';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { encapsulatedFrame } from '../../server/src/dicom/encapsulatedFrame.js';
import { nativeFrame } from '../../server/src/dicom/nativeFrame.js';
import { identify } from '../../server/src/http/principalOf.js';
import type { Archive } from '../../server/src/pacs/archive.js';
import { metadataFromInstances } from '../../server/src/pacs/metadataFromInstances.js';
import { boundaryOf, multipartStream } from '../../server/src/pacs/multipartStream.js';
import { PromptsegError } from '../../server/src/platform/errors.js';
import { nobody } from '../../server/src/values/principal.js';

const grid = { size: [4, 3, 5], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] } as const;
const made = { modality: 'CT', grid, valueAt: (i: number, j: number, k: number) => 100 * k + 10 * j + i } as const;

let server: http.Server;
let instances: readonly Uint8Array[];
let address: string;
let lacks: readonly ('metadata' | 'frames')[];
let mayFindStudy: ((study: string) => Promise<boolean>) | undefined;

beforeAll(async () => {
  const archive = metadataFromInstances({
    async *retrieveSeries(_study: string, series: string) {
      const ofSeries = instances.filter((part10) => parseInstance(part10).string('x0020000e') === series);
      if (ofSeries.length === 0) throw new PromptsegError('series-not-found', 'It is not there.');
      yield* ofSeries;
    },
    retrieveInstance: async (_study: string, _series: string, uid: string) =>
      instances.find((part10) => parseInstance(part10).sopInstanceUID === uid),
  } as unknown as Archive);
  const application = express();
  application.use((request, response, next) => {
    identify(request, { principal: nobody, ...(mayFindStudy && { mayFindStudy }) });
    fromInstances(archive, lacks)(request, response, next);
  });
  // What goes to the archive.
  application.use((_request, response) => void response.status(418).end());
  server = http.createServer(application);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());
beforeEach(async () => {
  lacks = ['metadata', 'frames'];
  mayFindStudy = undefined;
  await holding('none');
});

async function holding(compression: 'none' | 'rle'): Promise<void> {
  instances = await createSeries({ name: 'from instances', compression, ...made });
  const first = parseInstance(instances[0]!);
  address = `/studies/${first.string('x0020000d')}/series/${first.string('x0020000e')}`;
}
const get = (path: string) => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
const instanceAddress = (index: number) => `${address}/instances/${parseInstance(instances[index]!).sopInstanceUID}`;

async function partsOf(response: Response): Promise<string[]> {
  const parts: string[] = [];
  const boundary = boundaryOf(response.headers.get('content-type')!)!;
  for await (const part of multipartStream(response.body as unknown as AsyncIterable<Uint8Array>, boundary))
    parts.push(Buffer.from(part).toString('hex'));
  return parts;
}

describe('metadata of an archive that has none', () => {
  it('are those of every instance of a series, or of one', async () => {
    const response = await get(`${address}/metadata`);
    expect(response.headers.get('content-type')).toBe('application/dicom+json');
    const metadata = (await response.json()) as Record<string, { vr: string; Value?: unknown[] }>[];
    expect(metadata.map((each) => each['00080018']?.Value?.[0])).toEqual(
      instances.map((part10) => parseInstance(part10).sopInstanceUID),
    );
    expect(metadata[2]).toMatchObject({
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00083002': { vr: 'UI', Value: ['1.2.840.10008.1.2.1'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: expect.any(String) }] },
      '00200032': { vr: 'DS', Value: [0, 0, 2] },
      '00280010': { vr: 'US', Value: [3] },
    });
    expect(metadata[2]).not.toHaveProperty('7FE00010');
    expect(metadata[2]).not.toHaveProperty('00020010');
    expect(await (await get(`${instanceAddress(2)}/metadata`)).json()).toEqual([metadata[2]]);
  });
});

describe('frames of an archive that has none', () => {
  it.each([
    ['none', '1.2.840.10008.1.2.1'],
    ['rle', '1.2.840.10008.1.2.5'],
  ] as const)('are the pixels of the instance, as they are compressed: %s', async (compression, transferSyntax) => {
    await holding(compression);
    const response = await get(`${instanceAddress(3)}/frames/1`);
    const text = Buffer.from(await response.clone().arrayBuffer()).toString('latin1');
    expect(text).toContain(`transfer-syntax=${transferSyntax}\r\n`);
    const instance = parseInstance(instances[3]!);
    const pixelData = instance.element('x7fe00010')!;
    const expected =
      compression === 'none' ? nativeFrame(instance, pixelData, 0) : encapsulatedFrame(instance, pixelData, 0);
    expect(await partsOf(response)).toEqual([Buffer.from(expected).toString('hex')]);
  });
});

describe('the archive itself gets', () => {
  it('what it has', async () => {
    lacks = ['frames'];
    expect((await get(`${address}/metadata`)).status).toBe(418);
    lacks = ['metadata'];
    expect((await get(`${instanceAddress(0)}/frames/1`)).status).toBe(418);
    lacks = [];
    expect((await get(`${address}/metadata`)).status).toBe(418);
  });

  it('what is not there, and what is of another study', async () => {
    const other = address.replace(/studies\/[\d.]+/, 'studies/1.2.3');
    const uid = parseInstance(instances[0]!).sopInstanceUID;
    for (const path of [
      `${address.replace(/series\/[\d.]+/, 'series/1.2.3')}/metadata`,
      `${address}/instances/1.2.3/metadata`,
      `${address}/instances/1.2.3/frames/1`,
      `${instanceAddress(0)}/frames/2`,
      `${instanceAddress(0)}/frames/0`,
      `${instanceAddress(0)}/frames/%C`,
      `${other}/metadata`,
      `${other}/instances/${uid}/metadata`,
      `${other}/instances/${uid}/frames/1`,
      `${address}/instances`,
    ])
      expect([path, (await get(path)).status]).toEqual([path, 418]);
  });

  it('the requests for a study that the user cannot find there', async () => {
    mayFindStudy = async () => false;
    expect((await get(`${address}/metadata`)).status).toBe(418);
    expect((await get(`${instanceAddress(0)}/frames/1`)).status).toBe(418);
    mayFindStudy = async () => true;
    expect((await get(`${instanceAddress(0)}/frames/1`)).status).toBe(200);
  });
});
