import { beforeAll, describe, expect, it } from '@jest/globals';
import dcmjs from 'dcmjs';
import { naturalizeHeader } from '../dicom/naturalizeHeader.js';
import { encodePart10 } from '../results/encodeElements.js';
import { encodeResults } from '../results/encodeResults.js';
import type { OutputPolicy } from '../results/outputPolicy.js';
import { makeInput, makeTarget, makeVolume, random, randomGrid, randomMask } from '../results/syntheticSegments.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import { drawWanted } from './drawWanted.js';
import { measureOutcomes } from './measureOutcomes.js';

const { DicomMessage, DicomMetaDictionary } = dcmjs.data;

interface Reference {
  readonly ReferencedSOPInstanceUID: string;
}

const next = random(5);
const grid = randomGrid(next, [16, 12, 6]);
const volume = makeVolume(grid);
const mask = randomMask(grid, next, () => true);
const segments = measureOutcomes([{ status: 'found', target: makeTarget('left lung'), mask }], volume).filter(
  (outcome) => outcome.status === 'found',
);
const input = makeInput(volume, [mask]);

async function encode(output: OutputPolicy) {
  const drawn = await drawWanted(output, volume, segments, {
    seriesDescription: 'Left lung',
    sopInstanceUID: input.identifiers.sopInstanceUID,
    model: { id: 'ct-tissues', version: '1.0.0' },
    createdAt: input.createdAt,
  });
  return encodeResults({ ...input, output, segments, drawn });
}
const drawnOutput = { secondaryCapture: true, report: true, presentationState: true };
const everything = { measurementReport: true, rtStructureSet: true, ...drawnOutput };
let encoded: Awaited<ReturnType<typeof encode>>;
beforeAll(async () => {
  encoded = await encode(everything);
});

describe('for viewers that show no segmentation', () => {
  it('a request gets what it wants, after the segmentation', async () => {
    const kindsOf = (results: typeof encoded) => results.map(({ kind }) => kind);
    expect(kindsOf(await encode({ secondaryCapture: false, report: false }))).toEqual(['segmentation']);
    expect(kindsOf(await encode({ report: true }))).toEqual(['segmentation', 'report']);
    expect(kindsOf(encoded)).toEqual([
      'segmentation',
      'measurement-report',
      'rt-structure-set',
      'secondary-capture',
      'report',
      'presentation-state',
    ]);
  });

  it('it is in series of its own, and refers to the segmentation and to every image', () => {
    const [segmentation, , , ...others] = encoded;
    const images = [...volume.sourceImages.map(({ sopInstanceUID }) => sopInstanceUID), segmentation.sopInstanceUID];
    const sequences = ['SourceImageSequence', 'ReferencedInstanceSequence', 'SourceInstanceSequence'];
    for (const { part10, ...named } of others) {
      const header = naturalizeHeader(part10);
      expect(header).toMatchObject({
        SOPClassUID: named.sopClassUID,
        SOPInstanceUID: named.sopInstanceUID,
        SeriesInstanceUID: named.seriesInstanceUID,
        SeriesDescription: named.seriesDescription,
        StudyInstanceUID: volume.studyInstanceUID,
      });
      const series = (header.ReferencedSeriesSequence ?? []) as { ReferencedImageSequence: Reference[] }[];
      const references = [
        ...series.flatMap((each) => each.ReferencedImageSequence),
        ...sequences.flatMap((name) => (header[name] ?? []) as Reference[]),
      ];
      expect(references.map(({ ReferencedSOPInstanceUID: uid }) => uid)).toEqual(images);
    }
    expect(others.map(({ seriesDescription }) => seriesDescription)).toEqual([
      'Picture of lungs, bone',
      'Report of lungs, bone',
      'Outlines of lungs, bone',
    ]);
    const uids = [segmentation, ...others].flatMap((each) => [each.sopInstanceUID, each.seriesInstanceUID]);
    expect(new Set(uids).size).toBe(8);
  });

  it('it is the same bytes for the same input, as another attempt of a job needs', async () => {
    const again = await encode(everything);
    expect(again.map(({ part10 }) => Buffer.from(part10))).toEqual(encoded.map(({ part10 }) => Buffer.from(part10)));
  });
});

describe('a picture that the archive gives back', () => {
  /** As an archive might write it again. */
  function rewritten(part10: Uint8Array, change: (dataset: NaturalizedDataset) => NaturalizedDataset): Uint8Array {
    const { meta, dict } = DicomMessage.readFile(Uint8Array.from(part10).buffer);
    return encodePart10(
      DicomMetaDictionary.naturalizeDataset(meta),
      change(DicomMetaDictionary.naturalizeDataset(dict)),
    );
  }
  /** Red, then green, then blue, with the first red changed by `difference`. */
  function inPlanes(dataset: NaturalizedDataset, difference: number): NaturalizedDataset {
    const colours = new Uint8Array((dataset.PixelData as ArrayBuffer[])[0]!);
    const pixels = Number(dataset.Rows) * Number(dataset.Columns);
    const planes = new Uint8Array(colours.length);
    for (let n = 0; n < 3 * pixels; n++) planes[(n % 3) * pixels + Math.floor(n / 3)] = colours[n]!;
    planes[0]! += difference;
    return { ...dataset, PlanarConfiguration: 1, PixelData: planes.buffer };
  }

  it('may be written in another way, as long as every colour stays', async () => {
    const { part10, verify } = encoded.find(({ kind }) => kind === 'secondary-capture')!;
    const verified = async (change: (dataset: NaturalizedDataset) => NaturalizedDataset) => {
      await verify(part10, rewritten(part10, change));
    };
    await verified((same) => same);
    await verified((dataset) => ({ ...inPlanes(dataset, 0), PatientName: 'Other^Name' }));
    for (const change of [
      (dataset: NaturalizedDataset) => inPlanes(dataset, 1),
      (dataset: NaturalizedDataset) => ({ ...dataset, ImageComments: 'For diagnosis' }),
      (dataset: NaturalizedDataset) => ({ ...dataset, PixelData: new Uint8Array(2).buffer }),
    ])
      await expect(verified(change)).rejects.toMatchObject({ code: 'store-not-verified' });
  });
});
