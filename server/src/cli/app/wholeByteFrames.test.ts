import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { decodeRle } from '../../dicom/rle.js';
import { identify } from '../../http/principalOf.js';
import type { Archive } from '../../pacs/archive.js';
import { boundaryOf, multipartStream } from '../../pacs/multipartStream.js';
import { encodeSegmentation } from '../../results/encodeSegmentation.js';
import { makeInput, makeVolume, random, randomMask } from '../../results/syntheticSegments.js';
import { fromAxes } from '../../values/affine.js';
import { nobody } from '../../values/principal.js';
import { wholeByteFrames } from './wholeByteFrames.js';

/** 9 × 7 pixels: 63 bits. */
const axes = fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]);
const odd = { size: [9, 7, 4], voxelToLps: axes } as const;
const even = { size: [8, 7, 4], voxelToLps: axes } as const;
const mask = randomMask(odd, random(3), (slice) => slice !== 2);
/** That of `makeVolume`. */
const study = '2.25.1001';
const address = `/studies/${study}/series/1.3/instances/1.4/frames`;

let server: http.Server;
let modality: string;
let stored: Uint8Array | undefined;
let asked: string[];
let mayFindStudy: ((study: string) => Promise<boolean>) | undefined;

beforeAll(async () => {
  const archive = {
    findSeries: async (_study: string, series: string) => {
      asked.push('series');
      return { studyInstanceUID: study, seriesInstanceUID: series, modality, description: '' };
    },
    retrieveInstance: async () => {
      asked.push('instance');
      return stored;
    },
  } as unknown as Archive;
  const application = express();
  application.use((request, response, next) => {
    identify(request, { principal: nobody, ...(mayFindStudy && { mayFindStudy }) });
    // Each test has its own memory of what was asked.
    wholeByteFrames(archive)(request, response, next);
  });
  application.use((_request, response) => void response.status(418).end());
  server = http.createServer(application);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());
beforeEach(() => {
  modality = 'SEG';
  asked = [];
  mayFindStudy = undefined;
  stored = encodeSegmentation(makeInput(makeVolume(odd), [mask])).part10;
});

const get = (path: string, accept = '*/*') =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { headers: { accept } });

async function framesOf(response: Response): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  const boundary = boundaryOf(response.headers.get('content-type')!)!;
  for await (const part of multipartStream(response.body as unknown as AsyncIterable<Uint8Array>, boundary))
    frames.push(Uint8Array.from(part));
  return frames;
}

/** The slices of the mask that hold anything, each from a byte of its own on. */
const expected = Array.from({ length: 4 }, (_, slice) => {
  const packed = new Uint8Array(8);
  for (let n = 0; n < 63; n++) {
    const voxel = 63 * slice + n;
    if ((mask.bits[voxel >> 3]! >> (voxel & 7)) & 1) packed[n >> 3]! |= 1 << (n & 7);
  }
  return packed;
}).filter((frame) => frame.some((byte) => byte !== 0));

describe('frames of one bit per pixel that begin within a byte', () => {
  it('are served one by one and together, each from a byte on', async () => {
    expect(expected.length).toBeGreaterThan(1);
    for (const [index, frame] of expected.entries())
      expect(await framesOf(await get(`${address}/${index + 1}`))).toEqual([frame]);
    expect(await framesOf(await get(`${address}/2,1`))).toEqual([expected[1], expected[0]]);
    expect(await framesOf(await get(`${address}/1%2C2`))).toEqual([expected[0], expected[1]]);
  });

  it('are served in RLE to who takes any transfer syntax', async () => {
    const accept = 'multipart/related; type=application/octet-stream; transfer-syntax=*';
    const frames = await framesOf(await get(`${address}/1,2`, accept));
    expect(frames.map((encoded) => Uint8Array.from(decodeRle(encoded, 8, 1)))).toEqual([expected[0], expected[1]]);
  });

  it.each([
    ['a frame that is not there', () => undefined, `${address}/99`],
    ['frame 0', () => undefined, `${address}/0`],
    ['an instance that is not there', () => (stored = undefined), `${address}/1`],
    [
      'frames of whole bytes',
      () =>
        (stored = encodeSegmentation(makeInput(makeVolume(even), [randomMask(even, random(3), () => true)])).part10),
      `${address}/1`,
    ],
    ['a rendered frame', () => undefined, `${address}/1/rendered`],
    ['a whole instance', () => undefined, address.replace('/frames', '')],
  ])('are left to the archive: %s', async (_, change, path) => {
    change();
    expect((await get(path)).status).toBe(418);
  });

  it('are left to the archive where the sender may not find the study; nothing of it is retrieved', async () => {
    mayFindStudy = async (wanted) => wanted !== study;
    expect((await get(`${address}/1`)).status).toBe(418);
    expect(asked).toEqual([]);
    mayFindStudy = async (wanted) => wanted === study;
    expect((await get(`${address}/1`)).status).toBe(200);
  });

  it('are left to the archive where it finds the object in another study than the one that was asked for', async () => {
    mayFindStudy = async () => true;
    expect((await get(`${address.replace(study, '1.9')}/1`)).status).toBe(418);
    expect(asked).toEqual(['series', 'instance']);
  });

  it('are not looked for in the images of other modalities', async () => {
    modality = 'CT';
    expect((await get(`${address}/1`)).status).toBe(418);
    expect(asked).toEqual(['series']);
  });
});
