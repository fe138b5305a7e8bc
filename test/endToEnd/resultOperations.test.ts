import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { colourOfCIELabValue } from '../../server/contract/colour.js';
import type { FoundFinding } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import type { Problem } from '../../server/contract/problem.js';
import type { EditedView } from '../../server/contract/results.js';
import { naturalizeHeader } from '../../server/src/dicom/naturalizeHeader.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { type DecodedPng, decodePng } from '../../server/src/pictures/decodePng.testSupport.js';
import { roundFigure } from '../../server/src/platform/csv.js';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { type ReadSegmentation, readSegmentation } from '../../server/src/results/readSegmentation.js';
import { countBits, getBit } from '../../server/src/values/maskBits.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import {
  dciodvfy,
  itWithDciodvfy,
  itWithPython,
  rasterizeStructureSet,
  readWithHighdicom,
} from '../conformance/outsideTools.js';
import { type Product, startProduct } from '../support/product.js';
import { seriesOfAir } from '../support/seriesOfAir.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { drawnColour, exportAsViewer, type ViewerSegment } from '../support/viewerExport.js';
import { call, type SeriesUIDs, submit, uidsOf, waitFor } from './productClient.js';

// biome-ignore lint/suspicious/noExplicitAny: datasets as dcmjs reads them
type Naturalized = any;

let product: Product;
let series: SeriesUIDs;
let volume: Volume;
/** Part 10 files in the order of the slices. */
let images: readonly Uint8Array[];
let job: Job;
let original: ReadSegmentation;
const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-results-'));

beforeAll(async () => {
  const [phantom, air] = [await smallPhantom('results'), await seriesOfAir()];
  series = uidsOf(phantom[0]!);
  async function* instances() {
    yield* phantom;
  }
  volume = await assembleVolume(instances(), { signal: new AbortController().signal });
  const bySlice = new Map(phantom.map((part10) => [String(naturalizeHeader(part10).SOPInstanceUID), part10]));
  images = volume.sourceImages.map(({ sopInstanceUID }) => bySlice.get(sopInstanceUID)!);
  product = await startProduct({ instances: [...phantom, ...air] });
  const { body } = await submit(product, {
    ...series,
    prompts: ['lungs and bone'],
    output: { measurementReport: true },
  });
  job = await waitFor(product, body.id);
  if (job.state !== 'completed') throw new Error(`the job is ${job.state}: ${job.problem?.detail}`);
  original = readSegmentation(await inArchive(job.result!));
  images.forEach((part10, slice) => {
    writeFileSync(path.join(folder, `${slice}.dcm`), part10);
  });
});
afterAll(async () => {
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const address = (of: Pick<Job, 'id'> = job): string => `${product.url}/api/v1/segmentations/${of.id}`;
const readJob = async (of: Pick<Job, 'id'> = job): Promise<Job> =>
  (await call<Job>(product, 'GET', `/segmentations/${of.id}`)).body;
const found = ({ findings }: Pick<Job, 'findings'> = job): FoundFinding[] =>
  findings.flatMap((finding) => (finding.status === 'found' ? [finding] : []));
const bytesOf = async (response: Response): Promise<Uint8Array> => new Uint8Array(await response.arrayBuffer());
const problemOf = async (response: Response): Promise<readonly [number, string]> => [
  response.status,
  ((await response.json()) as Problem).code,
];

async function inArchive(object: { seriesInstanceUID: string; sopInstanceUID: string }): Promise<Uint8Array> {
  const archive = createDicomWebArchive(product.archive.dicomWeb);
  const part10 = await archive.retrieveInstance(
    series.studyInstanceUID,
    object.seriesInstanceUID,
    object.sopInstanceUID,
  );
  if (part10 === undefined) throw new Error('the archive does not hold the object');
  return part10;
}

async function storedUIDs(): Promise<string[]> {
  const instances = (await (await product.archive.ask('/instances?expand')).json()) as {
    MainDicomTags: { SOPInstanceUID: string };
  }[];
  return instances.map(({ MainDicomTags }) => MainDicomTags.SOPInstanceUID);
}

const maskOf = (segmentation: ReadSegmentation, number: number): Uint8Array =>
  maskOfSegment(segmentation, number, volume.grid).bits;

/** Segment n of the stored result as a viewer shows it. */
const shown = (number: number, changes: Partial<ViewerSegment> = {}): ViewerSegment => {
  const bits = maskOf(original, number);
  const { label, type } = original.segments.find((segment) => segment.number === number)!;
  return { label, ...(type && { type }), contains: (n) => getBit(bits, n), ...changes };
};
const [columns, rows] = [() => volume.grid.size[0], () => volume.grid.size[1]];

async function send(part10: Uint8Array, query = '', contentType = 'application/dicom'): Promise<Response> {
  return fetch(`${address()}/edited${query}`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: new Uint8Array(part10),
  });
}

describe('the picture of a result', () => {
  const picture = async (query = '') => {
    const response = await fetch(`${address()}/picture.png${query}`);
    return { response, bytes: await bytesOf(response) };
  };
  /** Whether the picture has the colour, and its mean column. */
  const placeOf = ({ width, data }: DecodedPng, colour: readonly number[], below: number) => {
    const columnsOfColour: number[] = [];
    for (let pixel = 0; pixel < Math.min(data.length / 4, width * below); pixel++)
      if (colour.every((value, channel) => data[pixel * 4 + channel] === value)) columnsOfColour.push(pixel % width);
    return columnsOfColour;
  };

  it('shows each target in its colour, the patient’s right side on the left, without text in the file', async () => {
    const { response, bytes } = await picture();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    const png = await decodePng(bytes);
    expect(png.texts).toEqual([]);
    const [left, right] = ['left', 'right'].map((side) => found().find(({ target }) => target.laterality === side)!);
    const axial = (columnsOfColour: number[]) => columnsOfColour.filter((column) => column < 400);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value) / values.length;
    const [l, r] = [left!, right!].map(({ target }) => axial(placeOf(png, target.displayColour, 400)));
    expect(mean(r!)).toBeLessThan(mean(l!));
  });

  it('shows one target alone', async () => {
    const [first, second] = found();
    const png = await decodePng((await picture(`?segment=${first!.segmentNumber}`)).bytes);
    expect(placeOf(png, first!.target.displayColour, png.height).length).toBeGreaterThan(100);
    expect(placeOf(png, second!.target.displayColour, png.height)).toEqual([]);
  });

  it('is not sent again where it is the same, and is the same after a restart', async () => {
    const { response, bytes } = await picture();
    const etag = response.headers.get('etag')!;
    const again = await fetch(`${address()}/picture.png`, {
      headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' },
    });
    expect(again.status).toBe(304);
    await product.kill();
    await product.restart();
    expect(Buffer.compare((await picture()).bytes, bytes)).toBe(0);
  });

  it('says what is wrong', async () => {
    expect(await problemOf(await fetch(`${address()}/picture.png?segment=99`))).toEqual([404, 'segment-not-found']);
    expect(await problemOf(await fetch(`${address()}/picture.png?segment=x`))).toEqual([400, 'request-invalid']);
    expect(await problemOf(await fetch(`${address()}/picture.png?result=1.2.3`))).toEqual([404, 'result-missing']);
    const unknown = { id: '00000000-0000-4000-8000-000000000000' };
    expect(await problemOf(await fetch(`${address(unknown)}/picture.png`))).toEqual([404, 'job-not-found']);
  });
});

describe('what is exported', () => {
  it('is a row of measurements for each finding', async () => {
    const response = await fetch(`${address()}/measurements.csv`);
    expect(response.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
    const [header, ...lines] = (await response.text())
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
    const cells = lines.map((line) => Object.fromEntries(header!.map((name, index) => [name, line[index]])));
    expect(cells.map(({ name, volume_ml, mean }) => [name, Number(volume_ml), Number(mean)])).toEqual(
      found().map(({ target, volumeMl, mean }) => [target.name, roundFigure(volumeMl!), roundFigure(mean!)]),
    );
    // No figure has more decimals than anybody reads.
    expect(lines.flat().filter((cell) => /^-?\d+\.\d{4}/.test(cell) && Math.abs(Number(cell)) >= 0.1)).toEqual([]);
    for (const line of cells)
      expect(line).toMatchObject({
        study_instance_uid: series.studyInstanceUID,
        segmentation_instance_uid: job.result!.sopInstanceUID,
        unit: 'HU',
      });
  });

  it('is the segmentation as it is stored, under a name without patient data', async () => {
    const response = await fetch(`${address()}/export/segmentation`);
    expect(response.headers.get('content-type')).toBe('application/dicom');
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="promptseg-left-lung_right-lung_bone-\d{4}-\d\d-\d\d-[0-9a-f]{8}-segmentation\.dcm"$/,
    );
    expect(Buffer.compare(await bytesOf(response), await inArchive(job.result!))).toBe(0);
  });

  describe('as contours that nobody had asked for', () => {
    let file: string;
    beforeAll(async () => {
      const before = await storedUIDs();
      const response = await fetch(`${address()}/export/rt-structure-set`);
      expect(response.status).toBe(200);
      file = path.join(folder, 'contours.rtstruct');
      writeFileSync(file, await bytesOf(response));
      expect(await storedUIDs()).toEqual(before);
    });

    itWithDciodvfy('is found clean by dciodvfy', async () => {
      expect((await dciodvfy(file)).errors).toEqual([]);
    });

    itWithPython('encloses just the voxels of the findings', async () => {
      const regions = await rasterizeStructureSet(file, folder, volume.sourceImages);
      expect(regions.map(({ name, voxels }) => [name, voxels])).toEqual(
        found().map(({ target, voxelCount }) => [target.name, voxelCount]),
      );
    });
  });

  describe('as a picture in DICOM', () => {
    const file = path.join(folder, 'capture.sc');

    it('has the pixels of the picture, refers to images and segmentation, and is not stored', async () => {
      const before = await storedUIDs();
      const response = await fetch(`${address()}/export/secondary-capture`);
      expect(response.status).toBe(200);
      const part10 = await bytesOf(response);
      writeFileSync(file, part10);
      expect(await storedUIDs()).toEqual(before);
      const { data } = await decodePng(await bytesOf(await fetch(`${address()}/picture.png`)));
      const rgb = Buffer.from(data.filter((_, n) => n % 4 !== 3));
      expect(Buffer.from(part10).includes(rgb)).toBe(true);
      const header: Naturalized = naturalizeHeader(part10);
      expect(header.SourceImageSequence).toHaveLength(images.length);
      expect(header.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID).toBe(job.result!.sopInstanceUID);
    });

    itWithDciodvfy('is found clean by dciodvfy', async () => {
      expect((await dciodvfy(file)).errors).toEqual([]);
    });
  });

  it('is a report on one page, which is not stored', async () => {
    const before = await storedUIDs();
    const response = await fetch(`${address()}/export/report`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/dicom']);
    const part10 = await bytesOf(response);
    expect(Buffer.from(part10).includes('%PDF-')).toBe(true);
    const header: Naturalized = naturalizeHeader(part10);
    expect(header.SourceInstanceSequence.at(-1).ReferencedSOPInstanceUID).toBe(job.result!.sopInstanceUID);
    expect(await storedUIDs()).toEqual(before);
  });

  it('is a presentation state with the outlines of the segmentation, which is not stored', async () => {
    const before = await storedUIDs();
    const response = await fetch(`${address()}/export/presentation-state`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/dicom']);
    const header: Naturalized = naturalizeHeader(await bytesOf(response));
    expect(header.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID).toBe(job.result!.sopInstanceUID);
    expect(header.GraphicLayerSequence.slice(0, -1).map((layer: Naturalized) => layer.GraphicLayerDescription)).toEqual(
      found().map(({ target }) => target.name),
    );
    expect(await storedUIDs()).toEqual(before);
  });

  it('is nothing where nothing was found', async () => {
    const air = uidsOf((await seriesOfAir())[0]!);
    const { body } = await submit(product, { ...air, prompts: ['lungs'] });
    const empty = await waitFor(product, body.id);
    const companions = ['rt-structure-set', 'secondary-capture', 'report', 'presentation-state'];
    const exported = ['segmentation', ...companions].map((what) => `export/${what}`);
    for (const what of ['picture.png', ...exported])
      expect(await problemOf(await fetch(`${address(empty)}/${what}`))).toEqual([404, 'result-missing']);
    expect(await problemOf(await fetch(`${address(empty)}/result`, { method: 'DELETE' }))).toEqual([
      404,
      'result-missing',
    ]);
    const csv = await (await fetch(`${address(empty)}/measurements.csv`)).text();
    expect(csv.split('\r\n').filter((line) => line.includes(',not-found,'))).toHaveLength(2);
  });
});

describe('an edited segmentation', () => {
  // The left lung without its upper half, bone gone, a box drawn by hand.
  const edit = (): readonly ViewerSegment[] => {
    const frame = columns() * rows();
    const middle = Math.round(volume.grid.size[2] / 2);
    const lung = shown(1);
    return [
      shown(1, { contains: (n) => lung.contains(n) && n < middle * frame }),
      shown(2),
      {
        label: 'my box',
        contains: (n) => n % columns() < 5 && Math.floor(n / columns()) % rows() < 4 && n < 2 * frame,
      },
    ];
  };
  let part10: Uint8Array;
  let view: EditedView;
  let stored: Uint8Array;

  beforeAll(async () => {
    part10 = exportAsViewer(images, edit());
    const response = await send(part10);
    view = (await response.json()) as EditedView;
    if (response.status !== 201) throw new Error(JSON.stringify(view));
    stored = await inArchive(view.edited);
  });

  it('is stored as a new object with the voxels that were drawn, measured again', () => {
    const read = readSegmentation(stored);
    expect(read.sopInstanceUID).not.toBe(job.result!.sopInstanceUID);
    const masks = edit().map(({ contains }) => contains);
    read.segments.forEach(({ number }, index) => {
      const bits = maskOf(read, number);
      for (let n = 0; n < volume.voxels.length; n++)
        if (getBit(bits, n) !== masks[index]!(n)) throw new Error(`voxel ${n}`);
      const { voxelCount, volumeMl } = view.edited.findings[index]!;
      expect(voxelCount).toBe(countBits(bits));
      const [before] = found();
      expect(volumeMl! / voxelCount).toBeCloseTo(before!.volumeMl! / before!.voxelCount, 9);
    });
    expect(view.edited.findings.map(({ target, change, findingIndex }) => [target.name, change, findingIndex])).toEqual(
      [
        ['Left lung', 'edited', 0],
        ['Right lung', 'unchanged', 1],
        ['my box', 'added', undefined],
      ],
    );
    expect(view.edited.removed).toEqual(['Bone']);
  });

  it('keeps codes, colours and tracking identifiers, and says who made what', () => {
    const read = readSegmentation(stored);
    const kept = ({
      label,
      category,
      type,
      typeModifiers,
      trackingID,
      trackingUID,
      recommendedDisplayCIELabValue,
    }: (typeof read.segments)[number]) => ({
      label,
      category,
      type,
      typeModifiers,
      trackingID,
      trackingUID,
      recommendedDisplayCIELabValue,
    });
    expect(read.segments.slice(0, 2).map(kept)).toEqual(original.segments.slice(0, 2).map(kept));
    expect(read.segments.map(({ algorithmType, algorithmName }) => [algorithmType, algorithmName])).toEqual([
      ['SEMIAUTOMATIC', original.segments[0]!.algorithmName],
      ['AUTOMATIC', original.segments[0]!.algorithmName],
      ['MANUAL', undefined],
    ]);
    expect(read.segments[2]).toMatchObject({ type: { value: '85756007' }, trackingID: 'my box' });
    expect(colourOfCIELabValue(read.segments[2]!.recommendedDisplayCIELabValue)).toEqual(
      colourOfCIELabValue(drawnColour),
    );
  });

  it('names its predecessor and says that it was edited, without naming the editor', () => {
    const header = naturalizeHeader(stored) as Naturalized;
    expect(header.SourceImageSequence[0]).toMatchObject({
      ReferencedSOPClassUID: job.result!.sopClassUID,
      ReferencedSOPInstanceUID: job.result!.sopInstanceUID,
    });
    expect(header.SeriesDescription).toMatch(/^Edited · /);
    expect(header.ContentDescription).toMatch(/Research use only.*edited/);
    expect(JSON.stringify(header.ContentCreatorName)).toContain('Promptseg');
    expect(readSegmentation(stored).referencedSeries.map(({ seriesInstanceUID }) => seriesInstanceUID)).toEqual([
      series.seriesInstanceUID,
      job.result!.seriesInstanceUID,
    ]);
  });

  itWithDciodvfy('is found clean by dciodvfy', async () => {
    const file = path.join(folder, 'edited.seg');
    writeFileSync(file, stored);
    expect((await dciodvfy(file)).errors).toEqual([]);
  });

  itWithPython('is read by highdicom', async () => {
    const file = path.join(folder, 'edited-for-highdicom.seg');
    writeFileSync(file, stored);
    const segments = await readWithHighdicom(file, volume.sourceImages);
    expect(segments.map(({ label, type }) => [label, type])).toEqual([
      ['Left lung', original.segments[0]!.type!.value],
      ['Right lung', original.segments[1]!.type!.value],
      ['my box', '85756007'],
    ]);
  });

  it('is on the record, and those who follow the jobs hear of it', async () => {
    const now = await readJob();
    expect(now.editedResults).toEqual([view.edited]);
    expect(now.lastEventId).toBeGreaterThan(job.lastEventId);
    const stop = new AbortController();
    const response = await fetch(`${product.url}/api/v1/segmentations/events`, {
      headers: { 'Last-Event-ID': String(job.lastEventId) },
      signal: stop.signal,
    });
    let heard = '';
    for await (const chunk of response.body!) {
      heard += Buffer.from(chunk).toString();
      if (heard.includes(view.edited.sopInstanceUID)) break;
    }
    stop.abort();
    expect(heard).toContain(view.edited.sopInstanceUID);
  });

  it('is one object, however often and in whatever wrapping it comes', async () => {
    const before = await storedUIDs();
    const boundary = 'between';
    const wrapped = Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
      part10,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    // Written again by the viewer it has other UIDs and dates.
    const writtenAgain = exportAsViewer(images, edit());
    const again = await Promise.all([
      send(part10),
      send(writtenAgain),
      send(wrapped, '', `multipart/related; type="application/dicom"; boundary=${boundary}`),
    ]);
    for (const response of again) {
      expect(response.status).toBe(200);
      expect(((await response.json()) as EditedView).edited).toEqual(view.edited);
    }
    expect(await storedUIDs()).toEqual(before);
    expect((await readJob()).editedResults).toHaveLength(1);
  });

  it('has a picture, measurements and contours of its own', async () => {
    const of = `?result=${view.edited.sopInstanceUID}`;
    const picture = await bytesOf(await fetch(`${address()}/picture.png${of}`));
    expect(Buffer.compare(picture, await bytesOf(await fetch(`${address()}/picture.png`)))).not.toBe(0);
    const csv = await (await fetch(`${address()}/measurements.csv${of}`)).text();
    expect(csv).toContain(',my box,');
    expect(csv).toContain(`,added,${series.studyInstanceUID}`);
    const contours = naturalizeHeader(
      await bytesOf(await fetch(`${address()}/export/rt-structure-set${of}`)),
    ) as Naturalized;
    expect(
      contours.StructureSetROISequence.map(({ ROIName, ROIGenerationAlgorithm }: Naturalized) => [
        ROIName,
        ROIGenerationAlgorithm,
      ]),
    ).toEqual([
      ['Left lung', 'SEMIAUTOMATIC'],
      ['Right lung', 'AUTOMATIC'],
      ['my box', 'MANUAL'],
    ]);
    const exported = await fetch(`${address()}/export/segmentation${of}`);
    expect(Buffer.compare(await bytesOf(exported), stored)).toBe(0);
  });

  it('can be edited again, and then names the edited one', async () => {
    const [lung, , box] = edit();
    const response = await send(exportAsViewer(images, [box!, lung!]), `?predecessor=${view.edited.sopInstanceUID}`);
    expect(response.status).toBe(201);
    const { edited } = (await response.json()) as EditedView;
    expect(edited).toMatchObject({ predecessor: view.edited.sopInstanceUID, removed: ['Right lung'] });
    const { segments } = readSegmentation(await inArchive(edited));
    expect(segments.map(({ label, algorithmType }) => [label, algorithmType])).toEqual([
      ['Left lung', 'SEMIAUTOMATIC'],
      ['my box', 'MANUAL'],
    ]);
    expect(segments.map(({ trackingUID }) => trackingUID)).toEqual(
      [0, 2].map((index) => readSegmentation(stored).segments[index]!.trackingUID),
    );
    const deleted = (await (
      await fetch(`${address()}/edited/${edited.sopInstanceUID}`, { method: 'DELETE' })
    ).json()) as Job;
    expect(deleted.editedResults?.map(({ deletedAt }) => deletedAt !== undefined)).toEqual([false, true]);
    expect(await storedUIDs()).not.toContain(edited.sopInstanceUID);
    expect(await storedUIDs()).toContain(view.edited.sopInstanceUID);
  });

  it('is refused, and nothing is stored, where it does not belong to the result', async () => {
    const before = await storedUIDs();
    const other = await smallPhantom('another study');
    const whole = [1, 2, 3].map((number) => shown(number));
    // Rows and Columns (0028,0010) and (0028,0011), US, of two bytes each.
    const absurd = Buffer.from(part10);
    for (const element of ['10', '11']) {
      const header = Buffer.from(`2800${element}0055530200`, 'hex');
      absurd.writeUInt16LE(0xffff, absurd.indexOf(header) + header.length);
    }
    const refusals: readonly (readonly [number, string, Uint8Array, ...string[]])[] = [
      [422, 'edit-unsuitable', exportAsViewer(other, [shown(1)])],
      [409, 'edit-without-change', exportAsViewer(images, whole)],
      [422, 'segmentation-unreadable', part10.subarray(0, part10.length / 2)],
      [422, 'edit-unsuitable', absurd],
      [422, 'segmentation-unreadable', images[0]!],
      [422, 'segmentation-unreadable', Buffer.from('hello')],
      [422, 'segmentation-unreadable', new Uint8Array()],
      [400, 'request-invalid', part10, '', 'text/plain'],
      [400, 'request-invalid', part10, '', 'multipart/related; boundary=nowhere'],
      [404, 'result-missing', part10, '?predecessor=1.2.3'],
    ];
    for (const [status, code, body, ...how] of refusals)
      expect(await problemOf(await send(body, ...how))).toEqual([status, code]);
    expect(await storedUIDs()).toEqual(before);
    expect((await (await fetch(`${product.url}/healthz`)).json()) as object).toEqual({ status: 'ok' });
  });
});

describe('feedback on a finding', () => {
  const give = (index: number | string, body: unknown): Promise<Response> =>
    fetch(`${address()}/feedback/${index}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const csv = async (query = ''): Promise<string[]> =>
    (await (await fetch(`${product.url}/api/v1/feedback.csv${query}`)).text()).trimEnd().split('\r\n').slice(1);

  it('stands in the job and in the table, and is replaced and taken back', async () => {
    expect((await give(0, { verdict: 'accepted' })).status).toBe(200);
    await give(2, { verdict: 'rejected', reason: '=1+1, the ribs are missing' });
    const given = ((await (await give(0, { verdict: 'rejected', reason: 'leaks' })).json()) as Job).feedback;
    expect(given).toMatchObject([
      { findingIndex: 0, verdict: 'rejected', reason: 'leaks' },
      { findingIndex: 2, verdict: 'rejected' },
    ]);
    expect((await readJob()).feedback).toEqual(given);

    const lines = await csv();
    expect(lines).toHaveLength(2);
    expect(lines.find((line) => line.includes('Bone'))).toContain(`rejected,"'=1+1, the ribs are missing",2,found,`);
    for (const line of lines) expect(line).toContain(job.result!.sopInstanceUID);
    expect(await csv('?model=another')).toEqual([]);
    expect(await csv(`?model=${job.model!.id}&since=${encodeURIComponent(given![0]!.at)}`)).not.toEqual([]);
    expect(await csv('?until=2020-01-01T00:00:00Z')).toEqual([]);

    const left = (await (await fetch(`${address()}/feedback/2`, { method: 'DELETE' })).json()) as Job;
    expect(left.feedback?.map(({ findingIndex }) => findingIndex)).toEqual([0]);
    expect(await csv()).toHaveLength(1);
  });

  it('is refused where it says nothing, or of nothing', async () => {
    expect(await problemOf(await give(99, { verdict: 'accepted' }))).toEqual([404, 'finding-not-found']);
    expect(await problemOf(await give('x', { verdict: 'accepted' }))).toEqual([400, 'request-invalid']);
    expect(await problemOf(await give(0, { verdict: 'perhaps' }))).toEqual([400, 'request-invalid']);
    expect(await problemOf(await give(0, { verdict: 'rejected', reason: 'x'.repeat(3000) }))).toEqual([
      400,
      'request-invalid',
    ]);
  });
});

describe('the process that works on results', () => {
  const pid = (): number =>
    Number(spawnSync('pgrep', ['-P', String(product.pid), '-f', 'resultsMain'], { encoding: 'utf8' }).stdout.trim());
  const contours = (): Promise<Response> => fetch(`${address()}/export/rt-structure-set`);

  it('holds up nobody else, may be killed, and is there again', async () => {
    expect((await contours()).status).toBe(200);
    const stuck = pid();
    process.kill(stuck, 'SIGSTOP');
    const interrupted = contours();
    expect((await readJob()).id).toBe(job.id);
    expect((await fetch(`${product.url}/healthz`)).status).toBe(200);
    process.kill(stuck, 'SIGKILL');
    expect(await problemOf(await interrupted)).toEqual([500, 'answer-interrupted']);
    expect((await contours()).status).toBe(200);
    expect(pid()).not.toBe(stuck);
  });
});

// The last: what comes before needs the result.
describe('deleting a result', () => {
  it('takes what the job stored from the archive, and nothing else, and keeps the record', async () => {
    const before = await storedUIDs();
    const own = [job.result!, ...job.result!.alsoStored].map(({ sopInstanceUID }) => sopInstanceUID);
    const responses = await Promise.all([1, 2].map(() => fetch(`${address()}/result`, { method: 'DELETE' })));
    const [first, second] = (await Promise.all(responses.map((response) => response.json()))) as Job[];
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect(first?.resultDeletedAt).toBeDefined();
    expect(second?.resultDeletedAt).toBe(first?.resultDeletedAt);
    expect((await storedUIDs()).sort()).toEqual(before.filter((uid) => !own.includes(uid)).sort());
    const now = await readJob();
    expect(now).toMatchObject({ state: 'completed', findings: job.findings, result: job.result });
    expect(now.editedResults).toHaveLength(2);
    for (const what of ['picture.png', 'export/segmentation', 'export/rt-structure-set'])
      expect(await problemOf(await fetch(`${address()}/${what}`))).toEqual([410, 'result-deleted']);
    expect((await fetch(`${address()}/measurements.csv`)).status).toBe(200);
    const edited = now.editedResults![0]!;
    expect((await fetch(`${address()}/picture.png?result=${edited.sopInstanceUID}`)).status).toBe(200);
    expect(await (await fetch(`${product.url}/metrics`)).text()).not.toMatch(
      /jobs_ended_total\{state="completed".*\} [4-9]/,
    );
  });

  it('leaves the way open for the same request', async () => {
    const { status, body } = await submit(product, { ...series, prompts: ['lungs and bone'] });
    expect(status).toBe(202);
    const again = await waitFor(product, body.id);
    expect(again.state).toBe('completed');
    expect(await storedUIDs()).toContain(again.result!.sopInstanceUID);
  });
});
