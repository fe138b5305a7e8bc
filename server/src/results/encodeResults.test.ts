import { describe, expect, it } from '@jest/globals';
import dcmjs from 'dcmjs';
import { parseInstance } from '../dicom/dicomInstance.js';
import { implicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { PromptsegError } from '../platform/errors.js';
import { apply } from '../values/affine.js';
import { type Grid, voxelCount } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { Volume } from '../values/volume.js';
import { encodePart10 } from './encodeElements.js';
import { encodeResults, type ResultsInput } from './encodeResults.js';
import type { OutputPolicy } from './outputPolicy.js';
import { makeInput, makeTarget, makeVolume, random, randomGrid, randomMask } from './syntheticSegments.js';
import { verifyContent } from './verifyContent.js';

// biome-ignore lint/suspicious/noExplicitAny: datasets as dcmjs reads them
type Naturalized = any;

const { DicomMessage, DicomMetaDictionary } = dcmjs.data;
const naturalized = (part10: Uint8Array): Naturalized =>
  DicomMetaDictionary.naturalizeDataset(DicomMessage.readFile(Uint8Array.from(part10).buffer).dict);

const next = random(81);
const grid = randomGrid(next, [13, 11, 5]);
const masks = [randomMask(grid, next, (slice) => slice > 0), randomMask(grid, next, () => true, 0.6)];
const lung = makeTarget('left lung', {
  category: { value: '123037004', scheme: 'SCT', meaning: 'Anatomical Structure' },
  laterality: 'left',
});
const fat = makeTarget('fat', {
  category: { value: '85756007', scheme: 'SCT', meaning: 'Tissue' },
  type: { value: 'fat-layer', scheme: '99PROMPTSEG', meaning: 'Fat layer' },
});

function input(output: OutputPolicy, changes: Partial<ResultsInput> = {}): ResultsInput {
  return {
    ...makeInput(makeVolume(grid), masks),
    output,
    segments: [lung, fat].map((target, index) => ({
      target,
      mask: masks[index]!,
      segmentNumber: index + 1,
      voxelCount: 100 + index,
      volumeMl: 1 / 3,
      mean: -812.5,
      standardDeviation: 50,
      longestAxialDiameterMm: 31.25,
    })),
    ...changes,
  };
}
const everything = { measurementReport: true, rtStructureSet: true } as const;
const datasetsOf = (changes: Partial<ResultsInput> = {}): Naturalized[] =>
  encodeResults(input(everything, changes)).map(({ part10 }) => naturalized(part10));

describe('results of a request', () => {
  it('say of several odd-sized binary frames that viewers stumble over them', () => {
    const notesOf = (size: readonly [number, number, number], output: OutputPolicy) => {
      const odd = { ...grid, size };
      const bits = new Uint8Array(Math.ceil((size[0] * size[1] * size[2]) / 8)).fill(1);
      const segments = input(output)
        .segments.slice(0, 1)
        .map((each) => ({ ...each, mask: { grid: odd, bits } }));
      return encodeResults(input(output, { source: makeVolume(odd), segments }))[0].notes;
    };
    expect(notesOf([9, 7, 3], {})).toEqual([expect.stringContaining('stored as a label map')]);
    expect(notesOf([9, 7, 3], { segmentation: 'binary' })).toEqual([expect.stringContaining('only with')]);
    expect(notesOf([9, 7, 3], { segmentation: 'labelmap' })).toEqual([]);
    expect(notesOf([9, 7, 1], {})).toEqual([]);
    expect(notesOf([8, 7, 3], {})).toEqual([]);
  });

  it.each([
    ['of whole bytes', [8, 7, 3], false, {}, 'BINARY'],
    ['of a single frame', [9, 7, 1], false, {}, 'BINARY'],
    ['of no whole bytes', [9, 7, 3], false, {}, 'LABELMAP'],
    ['of no whole bytes, of segments that overlap', [9, 7, 3], true, {}, 'FRACTIONAL'],
    ['of no whole bytes, where binary is asked for', [9, 7, 3], false, { segmentation: 'binary' }, 'BINARY'],
    ['of whole bytes, of segments that overlap', [8, 7, 3], true, {}, 'BINARY'],
  ] as const)('with frames %s are in a container that viewers show', (_, size, overlap, output, type) => {
    const small = { size, voxelToLps: grid.voxelToLps };
    const voxels = size[0] * size[1] * size[2];
    const half = (first: number, end: number) => {
      const bits = new Uint8Array(Math.ceil(voxels / 8));
      for (let n = first; n < end; n++) bits[n >> 3]! |= 1 << (n & 7);
      return { grid: small, bits };
    };
    const middle = Math.floor(voxels / 2);
    const halves = [half(0, middle + (overlap ? 1 : 0)), ...(size[2] === 1 ? [] : [half(middle, voxels)])];
    const segments = halves.map((mask, index) => ({ ...input(output).segments[index]!, mask }));
    const [{ part10, notes }] = encodeResults(input(output, { source: makeVolume(small), segments }));
    expect(naturalized(part10).SegmentationType).toBe(type);
    expect(notes).toHaveLength(size[0] === 9 && size[2] > 1 ? 1 : 0);
  });

  it('are a segmentation alone where nothing else is asked for', () => {
    expect(encodeResults(input({})).map(({ kind }) => kind)).toEqual(['segmentation']);
  });

  it('come in the order in which they refer to each other, each in a series of its own', () => {
    const results = encodeResults(input(everything));
    expect(results.map(({ kind }) => kind)).toEqual(['segmentation', 'measurement-report', 'rt-structure-set']);
    for (const { part10, sopClassUID, sopInstanceUID, seriesInstanceUID, seriesDescription } of results) {
      const instance = parseInstance(part10);
      expect([instance.string('x00080016'), instance.string('x00080018'), instance.string('x0020000e')]).toEqual([
        sopClassUID,
        sopInstanceUID,
        seriesInstanceUID,
      ]);
      expect(instance.string('x0008103e')).toBe(seriesDescription);
      expect(instance.string('x0020000d')).toBe('2.25.1001');
    }
    const uids = results.flatMap(({ sopInstanceUID, seriesInstanceUID }) => [sopInstanceUID, seriesInstanceUID]);
    expect(new Set(uids).size).toBe(6);
  });

  it('are the same bytes and UIDs for the same input', () => {
    const twice = [1, 2].map(() => encodeResults(input(everything)).map(({ part10 }) => Buffer.from(part10)));
    expect(twice[0]).toEqual(twice[1]);
  });

  it('report the segments of a label map, and outline their masks', () => {
    const disjoint = masks.map((mask, index) =>
      index === 0 ? mask : { grid, bits: mask.bits.map((byte, n) => byte & ~masks[0]!.bits[n]!) },
    );
    const segments = input({}).segments.map((segment, index) => ({ ...segment, mask: disjoint[index]! }));
    const results = encodeResults(input({ ...everything, segmentation: 'labelmap' }, { segments }));
    const report = naturalized(results[1]!.part10);
    const [{ ReferencedSeriesSequence }] = report.CurrentRequestedProcedureEvidenceSequence;
    expect(ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPClassUID).toBe(
      '1.2.840.10008.5.1.4.1.1.66.7',
    );
  });

  it('are refused where overlapping targets are asked for as a label map', () => {
    expect(() => encodeResults(input({ segmentation: 'labelmap' }))).toThrow(
      expect.objectContaining({ code: 'segments-overlap' }),
    );
  });

  it('have the contours of the decision beside probabilities', () => {
    const segments = input({}).segments.map((segment) => ({
      ...segment,
      probability: new Uint8Array(voxelCount(grid)).fill(40),
    }));
    const fractional = encodeResults(input({ ...everything, segmentation: 'fractional' }, { segments }));
    const binary = encodeResults(input(everything));
    expect(Buffer.compare(fractional[2]!.part10, binary[2]!.part10)).toBe(0);
    expect(naturalized(fractional[0].part10).SegmentationType).toBe('FRACTIONAL');
  });
});

describe('the measurement report', () => {
  const measured = (group: Naturalized) =>
    group.ContentSequence.filter(({ ValueType }: Naturalized) => ValueType === 'NUM').map((item: Naturalized) => {
      const [value] = item.MeasuredValueSequence;
      const modifiers = (item.ContentSequence ?? []).map(
        ({ ConceptCodeSequence }: Naturalized) => ConceptCodeSequence[0].CodeMeaning,
      );
      const unit = value.MeasurementUnitsCodeSequence[0].CodeValue;
      return [item.ConceptNameCodeSequence[0].CodeMeaning, ...modifiers, value.NumericValue, unit];
    });
  const groupsOf = (report: Naturalized) => report.ContentSequence.at(-1).ContentSequence;

  it('states five numbers of each target', () => {
    const [, report] = datasetsOf();
    expect(groupsOf(report)).toHaveLength(2);
    expect(measured(groupsOf(report)[0])).toEqual([
      ['Volume', 'Sum of segmented voxel method for volume', 0.33333333333333, 'mL'],
      ['Attenuation Coefficient', 'Mean', -812.5, "[hnsf'U]"],
      ['Attenuation Coefficient', 'Standard Deviation', 50, "[hnsf'U]"],
      ['Long Axis', 'Longest line within one source slice', 31.25, 'mm'],
      ['Voxel Count', 100, '1'],
    ]);
  });

  it('states a number that a Decimal String cannot hold as a double too', () => {
    const [, report] = datasetsOf();
    const [volume, mean] = groupsOf(report)[0].ContentSequence.filter(
      ({ ValueType }: Naturalized) => ValueType === 'NUM',
    );
    expect(volume.MeasuredValueSequence[0].FloatingPointValue).toBe(1 / 3);
    expect(mean.MeasuredValueSequence[0].FloatingPointValue).toBeUndefined();
  });

  it.each([
    ['SUVbw', 'PT', 'SUVbw', 'g/ml{SUVbw}'],
    ['Bq/mL', 'PT', 'Nuclear Medicine Tomographic Activity', 'Bq/ml'],
    ['arbitrary', 'MR', 'MR signal intensity', '1'],
    ['arbitrary', 'PT', 'Pixel Value', '1'],
  ] as const)('names what the voxels measure: %s in %s', (unit, modality, quantity, code) => {
    const [, report] = datasetsOf({ source: makeVolume(grid, { unit, modality }) });
    expect(measured(groupsOf(report)[0])[1]).toEqual([quantity, 'Mean', -812.5, code]);
  });

  it('names the region of a lesion as its site, with the side', () => {
    const tumour = makeTarget('tumour', {
      type: { value: '108369006', scheme: 'SCT', meaning: 'Neoplasm' },
      category: { value: '49755003', scheme: 'SCT', meaning: 'Morphologically Altered Structure' },
      anatomicRegion: { value: '39607008', scheme: 'SCT', meaning: 'Lung' },
      laterality: 'right',
    });
    const segments = [{ ...input({}).segments[0]!, target: tumour }];
    const [, report, structures] = datasetsOf({ segments });
    const site = groupsOf(report)[0].ContentSequence.find(
      (item: Naturalized) => item.ConceptNameCodeSequence[0].CodeMeaning === 'Finding Site',
    );
    expect(site.ConceptCodeSequence[0].CodeValue).toBe('39607008');
    expect(site.ContentSequence[0].ConceptCodeSequence[0].CodeMeaning).toBe('Right');
    const [observation] = structures.RTROIObservationsSequence;
    expect(observation.AnatomicRegionSequence[0].CodeValue).toBe('39607008');
  });

  it('observes as a device and says that it is for research', () => {
    const [, report] = datasetsOf();
    expect(JSON.stringify(report.ContentSequence)).toMatch(/Research use only/);
    expect(report).toMatchObject({ VerificationFlag: 'UNVERIFIED', CompletionFlagDescription: 'Research use only' });
    expect(JSON.stringify(report.ContentSequence)).not.toMatch(/Person Observer/);
  });

  it('carries the tracking UIDs of the segmentation', () => {
    const [segmentation, report] = datasetsOf();
    const uids = groupsOf(report).map(
      (group: Naturalized) => group.ContentSequence.find((item: Naturalized) => item.UID !== undefined).UID,
    );
    expect(uids).toEqual(segmentation.SegmentSequence.map(({ TrackingUID }: Naturalized) => TrackingUID));
  });
});

describe('the structure set', () => {
  it('refers to all images, and each contour to its own', () => {
    const [, , structures] = datasetsOf();
    const [frame] = structures.ReferencedFrameOfReferenceSequence;
    const [series] = frame.RTReferencedStudySequence[0].RTReferencedSeriesSequence;
    expect([frame.FrameOfReferenceUID, series.SeriesInstanceUID]).toEqual(['2.25.1003', '2.25.1002']);
    expect(series.ContourImageSequence).toHaveLength(5);
    const [roi] = structures.ROIContourSequence;
    // Slice 0 is empty in the first mask.
    const images = new Set(
      roi.ContourSequence.map((contour: Naturalized) => contour.ContourImageSequence[0].ReferencedSOPInstanceUID),
    );
    expect([...images]).toEqual(['2.25.20001', '2.25.20002', '2.25.20003', '2.25.20004']);
  });

  it('names the frame of a multi-frame source', () => {
    const sourceImages = makeVolume(grid).sourceImages.map(({ sopClassUID }, slice) => ({
      sopClassUID,
      sopInstanceUID: '2.25.5',
      frameNumber: slice + 1,
    }));
    const [, , structures] = datasetsOf({ source: makeVolume(grid, { sourceImages }) });
    const [contour] = structures.ROIContourSequence[0].ContourSequence;
    expect(contour.ContourImageSequence[0]).toMatchObject({
      ReferencedSOPInstanceUID: '2.25.5',
      ReferencedFrameNumber: 2,
    });
    const [{ RTReferencedStudySequence }] = structures.ReferencedFrameOfReferenceSequence;
    expect(RTReferencedStudySequence[0].RTReferencedSeriesSequence[0].ContourImageSequence).toHaveLength(1);
  });

  it('has names, colours and codes', () => {
    const [, , structures] = datasetsOf();
    const observations = structures.RTROIObservationsSequence;
    expect(structures.StructureSetROISequence.map(({ ROIName }: Naturalized) => ROIName)).toEqual(['left lung', 'fat']);
    expect(structures.ROIContourSequence[0].ROIDisplayColor).toEqual([...lung.concept.displayColour]);
    expect(observations.map(({ RTROIInterpretedType }: Naturalized) => RTROIInterpretedType ?? '')).toEqual([
      'ORGAN',
      '',
    ]);
    const [code] = observations[0].RTROIIdentificationCodeSequence;
    expect([code.CodeValue, code.SegmentedPropertyTypeModifierCodeSequence[0].CodeMeaning]).toEqual([
      '39607008',
      'Left',
    ]);
    expect(structures.CodingSchemeIdentificationSequence[0].CodingSchemeDesignator).toBe('99PROMPTSEG');
  });

  /** The first point of the contour around the one voxel (2, 1) of slice 1. */
  function firstPoint(volume: Volume): number[] {
    const bits = new Uint8Array(Math.ceil(voxelCount(grid) / 8));
    const n = 2 + 13 * (1 + 11);
    bits[n >> 3]! |= 1 << (n & 7);
    const mask: Mask = { grid: volume.grid, bits };
    const segments = [{ ...input({}).segments[0]!, mask }];
    const [, , structures] = datasetsOf({ source: volume, segments });
    return structures.ROIContourSequence[0].ContourSequence[0].ContourData.slice(0, 3).map(Number);
  }

  it('places contours where the images say that they are, else where the grid does', () => {
    const expected = apply(grid.voxelToLps, [1.5, 0.5, 1]);
    firstPoint(makeVolume(grid)).forEach((value, axis) => {
      expect(value).toBeCloseTo(expected[axis]!, 3);
    });
    const [x, y, z] = apply(grid.voxelToLps, [0, 0, 1]);
    const sourceImages = makeVolume(grid).sourceImages.map((image, slice) =>
      slice === 1 ? { ...image, imagePositionPatient: [x + 1, y, z] as const } : image,
    );
    expect(firstPoint(makeVolume(grid, { sourceImages }))[0]).toBeCloseTo(expected[0] + 1, 3);
  });

  it('places contours on the slices of uneven images', () => {
    const uneven = { size: grid.size, voxelToLps: grid.voxelToLps, slicePositions: [0, 1.75, 3, 4, 5] };
    const expected = apply(grid.voxelToLps, [1.5, 0.5, 1.75]);
    firstPoint(makeVolume(grid, { grid: uneven })).forEach((value, axis) => {
      expect(value).toBeCloseTo(expected[axis]!, 3);
    });
  });

  it('holds contours longer than the 64 KiB of an element in Explicit VR', () => {
    const comb: Grid = { size: [2001, 40, 1], voxelToLps: [0.1, 0, 0, 0, 0, 0.1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] };
    const bits = new Uint8Array(Math.ceil(voxelCount(comb) / 8));
    for (let n = 0; n < voxelCount(comb); n++) if (n < 2001 || (n % 2001) % 2 === 0) bits[n >> 3]! |= 1 << (n & 7);
    const segments = [{ ...input({}).segments[0]!, mask: { grid: comb, bits } }];
    const part10 = encodeResults(input(everything, { source: makeVolume(comb), segments }))[2]!.part10;
    expect(parseInstance(part10).transferSyntaxUID).toBe(implicitVRLittleEndian);
    const [contour] = naturalized(part10).ROIContourSequence[0].ContourSequence;
    expect(contour.NumberOfContourPoints).toBe(4004);
    expect(contour.ContourData).toHaveLength(3 * 4004);
  });

  it('is refused with more contours than such an object can reasonably hold', () => {
    const noisy: Grid = { size: [736, 736, 1], voxelToLps: grid.voxelToLps };
    const bits = new Uint8Array(voxelCount(noisy) / 8);
    for (let byte = 0; byte < bits.length; byte++) bits[byte] = Math.floor(byte / 92) % 2 === 0 ? 0x55 : 0xaa;
    const segments = [{ ...input({}).segments[0]!, mask: { grid: noisy, bits } }];
    expect(() => encodeResults(input({ rtStructureSet: true }, { source: makeVolume(noisy), segments }))).toThrow(
      expect.objectContaining({ code: 'result-not-encodable' }),
    );
  });
});

describe('what the archive gives back', () => {
  /** The object as an archive might write it again. */
  function rewritten(part10: Uint8Array, change: (dataset: NaturalizedDataset) => NaturalizedDataset): Uint8Array {
    const { meta, dict } = DicomMessage.readFile(Uint8Array.from(part10).buffer);
    const dataset = change(DicomMetaDictionary.naturalizeDataset(dict));
    return encodePart10(DicomMetaDictionary.naturalizeDataset(meta), dataset);
  }
  const codeOf = (verify: () => void): string => {
    try {
      verify();
      return 'verified';
    } catch (error) {
      return error instanceof PromptsegError ? error.code : String(error);
    }
  };

  it.each([1, 2])('may differ in patient and study, and in nothing else (result %i)', (index) => {
    const { part10 } = encodeResults(input(everything))[index]!;
    const verified = (change: (dataset: NaturalizedDataset) => NaturalizedDataset) =>
      codeOf(() => verifyContent(part10, rewritten(part10, change)));
    expect(verified((same) => same)).toBe('verified');
    expect(verified((dataset) => ({ ...dataset, PatientName: 'Other^Name', InstitutionName: 'added' }))).toBe(
      'verified',
    );
    expect(verified((dataset) => ({ ...dataset, SOPInstanceUID: '1.2.3' }))).toBe('store-not-verified');
    const changed = index === 1 ? { ContentSequence: [] } : { StructureSetROISequence: [] };
    expect(verified((dataset) => ({ ...dataset, ...changed }))).toBe('store-not-verified');
  });

  it('is what counts in contours too, to the last point', () => {
    const { part10 } = encodeResults(input(everything))[2]!;
    const moved = Uint8Array.from(part10);
    const lastContour = Buffer.from(moved.buffer).lastIndexOf('CLOSED_PLANAR');
    const digit = moved.findIndex((byte, index) => index > lastContour + 60 && byte >= 0x31 && byte <= 0x38);
    moved[digit]! += 1;
    expect(() => verifyContent(part10, moved)).toThrow(
      'The archive gives the result back with other ROIContourSequence.',
    );
  });

  it('is refused where it is cut off or something else', () => {
    const [segmentation, report] = encodeResults(input(everything));
    expect(codeOf(() => verifyContent(report!.part10, report!.part10.subarray(0, 900)))).toBe('store-not-verified');
    expect(codeOf(() => verifyContent(report!.part10, new Uint8Array(10)))).toBe('store-not-verified');
    expect(codeOf(() => verifyContent(report!.part10, segmentation.part10))).toBe('store-not-verified');
  });
});
