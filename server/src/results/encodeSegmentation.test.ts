import { describe, expect, it } from '@jest/globals';
import dcmjs from 'dcmjs';
import { apply, fromAxes, type Vector3 } from '../values/affine.js';
import type { Grid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import { encodeSegmentation, type SegmentationInput } from './encodeSegmentation.js';
import { maskOfSegment } from './maskOfSegment.js';
import { readSegmentation } from './readSegmentation.js';
import { header, makeInput, makeTarget, makeVolume, random, randomGrid, randomMask } from './syntheticSegments.js';

const { DicomMessage, DicomMetaDictionary } = dcmjs.data;

// biome-ignore lint/suspicious/noExplicitAny: dcmjs, a reader that is not ours, gives values without types
type Naturalized = any;

/** Reads the whole object with dcmjs. */
function parse(input: SegmentationInput): Naturalized {
  const { part10 } = encodeSegmentation(input);
  const buffer = part10.buffer.slice(part10.byteOffset, part10.byteOffset + part10.byteLength) as ArrayBuffer;
  return DicomMetaDictionary.naturalizeDataset(DicomMessage.readFile(buffer).dict);
}

const plainGrid = (size: Vector3): Grid => ({
  size,
  voxelToLps: fromAxes([0.7, 0, 0], [0, 0.8, 0], [0, 0, 2.5], [-10, -20, 30]),
});

function smallInput(
  changes: Partial<SegmentationInput> = {},
  volumeHeader: NaturalizedDataset = header,
): SegmentationInput {
  const grid = plainGrid([16, 8, 4]);
  const next = random(1);
  const masks = [randomMask(grid, next, (slice) => slice > 0), randomMask(grid, next, (slice) => slice === 2)];
  return { ...makeInput(makeVolume(grid, { header: volumeHeader }), masks), ...changes };
}

describe('encode, then read', () => {
  const sizes: Vector3[] = [
    [23, 37, 5],
    [16, 16, 7],
    [1, 1, 3],
    [3, 5, 1],
    [64, 33, 9],
    [8, 4, 4],
  ];
  it.each(sizes.flatMap((size) => [0, 1, 2, 3].map((seed) => ({ size, seed }))))(
    'gives the masks of oblique, flipped and tilted grids back bit by bit: $size, seed $seed',
    ({ size, seed }) => {
      const next = random(1000 * seed + size[0]);
      const grid = randomGrid(next, size, seed % 2 === 1);
      const masks = [0.05, 0.5, 0.9].map((density, index) =>
        randomMask(grid, next, (slice) => size[2] === 1 || slice % 3 !== index, density),
      );
      const encoded = encodeSegmentation(makeInput(makeVolume(grid), masks));
      const read = readSegmentation(encoded.part10);
      masks.forEach((mask, index) => {
        expect(maskOfSegment(read, index + 1, grid).bits).toEqual(mask.bits);
      });
      expect(read.frames).toHaveLength(encoded.numberOfFrames);
    },
  );

  it('stores only slices with content, segment by segment', () => {
    const grid = plainGrid([5, 3, 6]);
    const bits = (voxels: number[]): Mask => {
      const mask = new Uint8Array(Math.ceil(90 / 8));
      for (const voxel of voxels) mask[voxel >> 3]! |= 1 << (voxel & 7);
      return { grid, bits: mask };
    };
    // 15 voxels per slice: the last of slice 1 and the first of slice 2; then the very first and the very last.
    const masks = [bits([29, 30]), bits([0, 89])];
    const read = readSegmentation(encodeSegmentation(makeInput(makeVolume(grid), masks)).part10);
    expect(
      read.frames.map(({ segmentNumber, sourceImages }) => [segmentNumber, sourceImages[0]!.sopInstanceUID]),
    ).toEqual([
      [1, '2.25.20001'],
      [1, '2.25.20002'],
      [2, '2.25.20000'],
      [2, '2.25.20005'],
    ]);
  });

  it('is the same bytes for the same input', () => {
    expect(Buffer.compare(encodeSegmentation(smallInput()).part10, encodeSegmentation(smallInput()).part10)).toBe(0);
  });
});

describe('the frames', () => {
  it('state position, references and indices', () => {
    const dataset = parse(smallInput());
    const [frame] = dataset.PerFrameFunctionalGroupsSequence;
    expect(dataset.NumberOfFrames).toBe(4);
    expect(frame.PlanePositionSequence[0].ImagePositionPatient).toEqual([-10, -20, 32.5]);
    expect(frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber).toBe(1);
    const [derivation] = frame.DerivationImageSequence;
    expect(derivation.DerivationCodeSequence[0].CodeValue).toBe('113076');
    expect(derivation.SourceImageSequence[0]).toMatchObject({
      ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      ReferencedSOPInstanceUID: '2.25.20001',
    });
    expect(derivation.SourceImageSequence[0].PurposeOfReferenceCodeSequence[0].CodeValue).toBe('121322');
    const indices = dataset.PerFrameFunctionalGroupsSequence.map(
      (groups: Naturalized) => groups.FrameContentSequence[0].DimensionIndexValues,
    );
    // slice 0 is empty, so positions are counted from slice 1
    expect(indices).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 2],
    ]);
  });

  it('repeat the position that the source image states, not the one that the grid gives', () => {
    const { source } = smallInput();
    const sourceImages = source.sourceImages.map((image, slice) => ({
      ...image,
      imagePositionPatient: [-10.0001, -20, 30 + 2.5001 * slice] as const,
    }));
    const dataset = parse(smallInput({ source: { ...source, sourceImages } }));
    expect(dataset.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient).toEqual([
      -10.0001, -20, 32.5001,
    ]);
  });

  it('name the frame of a multi-frame source', () => {
    const { source: volume } = smallInput();
    const sourceImages = volume.sourceImages.map(({ sopClassUID }, slice) => ({
      sopClassUID,
      sopInstanceUID: '2.25.5',
      frameNumber: slice + 1,
    }));
    const dataset = parse(smallInput({ source: { ...volume, sourceImages } }));
    const [source] = dataset.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[0].SourceImageSequence;
    expect(source.ReferencedFrameNumber).toBe(2);
    expect(dataset.ReferencedSeriesSequence[0].ReferencedInstanceSequence).toHaveLength(1);
  });

  it('share spacing and orientation of the grid', () => {
    const [groups] = parse(smallInput()).SharedFunctionalGroupsSequence;
    expect(groups.PixelMeasuresSequence[0]).toMatchObject({ PixelSpacing: [0.8, 0.7], SpacingBetweenSlices: 2.5 });
    expect(groups.PlaneOrientationSequence[0].ImageOrientationPatient).toEqual([1, 0, 0, 0, 1, 0]);
  });

  it("repeat the source's own direction cosines where they agree with the grid", () => {
    const cosines = [0.999391, 0.034899, 0, -0.034899, 0.999391, 0];
    const grid: Grid = {
      size: [8, 8, 1],
      voxelToLps: fromAxes([0.999391, 0.034899, 0], [-0.034899, 0.999391, 0], [0, 0, 1], [0, 0, 0]),
    };
    const mask = randomMask(grid, random(3), () => true);
    const stating = (ImageOrientationPatient: number[]) =>
      parse(makeInput(makeVolume(grid, { header: { ...header, ImageOrientationPatient } }), [mask]))
        .SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0].ImageOrientationPatient;
    expect(stating(cosines)).toEqual(cosines);
    expect(stating([1, 0, 0, 0, 1, 0])[0]).toBeCloseTo(0.999391, 6);
  });

  it('of a tilted gantry are where their slices are, one beside the other', () => {
    const grid: Grid = { size: [4, 4, 3], voxelToLps: fromAxes([1, 0, 0], [0, 1, 0], [0, 1, 5], [0, 0, 0]) };
    const mask = randomMask(grid, random(2), () => true);
    const dataset = parse(makeInput(makeVolume(grid), [mask]));
    expect(dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SpacingBetweenSlices).toBe(5);
    expect(
      dataset.PerFrameFunctionalGroupsSequence.map(
        (groups: Naturalized) => groups.PlanePositionSequence[0].ImagePositionPatient,
      ),
    ).toEqual([0, 1, 2].map((slice) => apply(grid.voxelToLps, [0, 0, slice])));
  });
});

describe('the dimensions', () => {
  it('point at segment number and position (dcmjs writes an Attribute Tag from a string as 0000,0000)', () => {
    const part10 = Buffer.from(encodeSegmentation(smallInput()).part10);
    const pointer = (element: string, target: string) => Buffer.from(`${element}41540400${target}`, 'hex');
    expect(part10.includes(pointer('20006591', '62000b00'))).toBe(true);
    expect(part10.includes(pointer('20006791', '62000a00'))).toBe(true);
    expect(part10.includes(pointer('20006591', '20003200'))).toBe(true);
    expect(part10.includes(pointer('20006791', '20001391'))).toBe(true);
  });
});

describe('the segments', () => {
  const segmentsOf = (...targets: ReturnType<typeof makeTarget>[]): Naturalized[] => {
    const { source, segments } = smallInput();
    return parse(smallInput({ source, segments: targets.map((target) => ({ target, mask: segments[0]!.mask })) }))
      .SegmentSequence;
  };

  it('carry codes, laterality, colour, algorithm and tracking', () => {
    const [left, both] = segmentsOf(
      makeTarget('left lung', { laterality: 'left' }),
      makeTarget('lungs', { laterality: 'both' }),
    );
    expect(left).toMatchObject({ SegmentNumber: 1, SegmentLabel: 'left lung', SegmentAlgorithmType: 'AUTOMATIC' });
    expect(left.SegmentedPropertyTypeCodeSequence[0].CodeValue).toBe('39607008');
    expect(left.SegmentedPropertyTypeCodeSequence[0].SegmentedPropertyTypeModifierCodeSequence[0]).toMatchObject({
      CodeValue: '7771000',
      CodeMeaning: 'Left',
    });
    expect(both.SegmentedPropertyTypeCodeSequence[0].SegmentedPropertyTypeModifierCodeSequence[0].CodeValue).toBe(
      '51440002',
    );
    const [algorithm] = left.SegmentationAlgorithmIdentificationSequence;
    expect(algorithm).toMatchObject({ AlgorithmName: 'CT tissues', AlgorithmVersion: '1.0.0' });
    expect(algorithm.AlgorithmFamilyCodeSequence[0].CodeValue).toBe('123105');
    expect(left.RecommendedDisplayCIELabValue).toHaveLength(3);
    expect(left.TrackingUID).toMatch(/^2\.25\.\d+$/);
    expect(left.TrackingUID).not.toBe(both.TrackingUID);
  });

  it('shorten a long label to 64 characters and take separators out of it', () => {
    const [long, hostile] = segmentsOf(makeTarget('lung'.repeat(20)), makeTarget('left\\lung\u0000\n of\u001b(B me'));
    expect(long.SegmentLabel).toBe(`${'lung'.repeat(15)}l...`);
    expect(hostile.SegmentLabel).toBe('left/lung  of (B me');
  });

  it('keep labels in any script', () => {
    const { source, segments } = smallInput();
    const names = ['poumon gauche, né', '左肺'];
    const named = names.map((name) => ({ target: makeTarget(name), mask: segments[0]!.mask }));
    const read = readSegmentation(encodeSegmentation(smallInput({ source, segments: named })).part10);
    expect(read.segments.map(({ label }) => label)).toEqual(names);
  });

  it('put a code of more than 16 characters into Long Code Value', () => {
    const type = { value: '12345678901234567', scheme: 'SCT', meaning: 'Some part' } as const;
    const [segment] = segmentsOf(makeTarget('part', { type }));
    const [code] = segment.SegmentedPropertyTypeCodeSequence;
    expect(code.LongCodeValue).toBe('12345678901234567');
    expect(code.CodeValue).toBeUndefined();
  });

  it('say whether they overlap', () => {
    const { source, segments } = smallInput();
    const [{ target, mask }] = segments as [(typeof segments)[0]];
    const inverse: Mask = { grid: mask.grid, bits: mask.bits.map((byte) => ~byte) };
    const overlapOf = (other: Mask) =>
      parse(smallInput({ source, segments: [mask, other].map((each) => ({ target, mask: each })) })).SegmentsOverlap;
    expect(overlapOf(inverse)).toBe('NO');
    expect(overlapOf(mask)).toBe('YES');
  });
});

describe('what is taken over from the source', () => {
  it('keeps names in any script', () => {
    const PatientName = [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' }];
    const input = smallInput({}, { ...header, SpecificCharacterSet: 'ISO 2022 IR 87', PatientName });
    const dataset = parse(input);
    expect(dataset.SpecificCharacterSet).toBe('ISO_IR 192');
    expect(dataset.PatientName[0]).toMatchObject(PatientName[0]!);
    const bytes = Buffer.from(encodeSegmentation(input).part10);
    expect(bytes.includes(Buffer.from('Yamada^Tarou=山田^太郎=やまだ^たろう', 'utf8'))).toBe(true);
    expect(parse(smallInput({}, { ...header, PatientName: 'Müller^Jürgen' })).PatientName[0].Alphabetic).toBe(
      'Müller^Jürgen',
    );
  });

  it('is written where the source knows it, and empty where it must be stated', () => {
    const dataset = parse(smallInput({}, { PatientID: 'X' }));
    expect(dataset).toMatchObject({ PatientID: 'X', StudyInstanceUID: '2.25.1001', FrameOfReferenceUID: '2.25.1003' });
    for (const keyword of ['PatientBirthDate', 'StudyID', 'AccessionNumber', 'PositionReferenceIndicator'])
      expect(dataset).toHaveProperty(keyword);
    expect(dataset).not.toHaveProperty('PatientAge');
    expect(dataset).not.toHaveProperty('ContributingEquipmentSequence');
  });

  it('leaves out values that their VR does not allow', () => {
    const dataset = parse(
      smallInput(
        {},
        {
          ...header,
          PatientBirthDate: 'about 1970, in spring',
          StudyTime: '25 o’clock',
          PatientAge: '52',
          PatientWeight: 70.000000000000014,
          StudyDate: '20240230',
          PatientSex: 'male',
          AccessionNumber: 'A'.repeat(17),
          StudyID: 'S'.repeat(17),
          StudyDescription: 'D'.repeat(65),
          StationName: 'T'.repeat(17),
          InstitutionName: 'a line\nand another',
          TimezoneOffsetFromUTC: 'CET',
          PatientIdentityRemoved: 'perhaps',
        },
      ),
    );
    expect(dataset.PatientBirthDate ?? '').toBe('');
    expect(dataset.StudyTime ?? '').toBe('');
    expect(dataset).not.toHaveProperty('PatientAge');
    expect(dataset.PatientWeight).toBe(70);
    for (const keyword of ['StudyDate', 'PatientSex', 'AccessionNumber', 'StudyID']) {
      expect(dataset).toHaveProperty(keyword);
      expect([keyword, dataset[keyword] ?? '']).toEqual([keyword, '']);
    }
    for (const keyword of ['StudyDescription', 'TimezoneOffsetFromUTC', 'PatientIdentityRemoved'])
      expect(dataset).not.toHaveProperty(keyword);
    const [equipment] = dataset.ContributingEquipmentSequence;
    expect(equipment).not.toHaveProperty('StationName');
    expect(equipment).not.toHaveProperty('InstitutionName');
  });

  it('takes text without the NUL that it was padded with, and never changes Patient ID and names otherwise', () => {
    const dataset = parse(
      smallInput(
        {},
        {
          ...header,
          PatientID: `${'7'.repeat(70)}\0`,
          PatientName: [{ Alphabetic: 'Phantom^Synthetic\0' }],
          StudyID: 'S1\0',
          AccessionNumber: 'A1 \0',
          StudyDescription: 'Head\0',
          PatientIdentityRemoved: 'YES',
          DeidentificationMethodCodeSequence: [
            { CodeValue: '113100\0', CodingSchemeDesignator: 'DCM', CodeMeaning: 'Basic Profile\0' },
          ],
        },
      ),
    );
    expect(dataset).toMatchObject({
      PatientID: '7'.repeat(70),
      PatientName: [{ Alphabetic: 'Phantom^Synthetic' }],
      StudyID: 'S1',
      AccessionNumber: 'A1',
      StudyDescription: 'Head',
      DeidentificationMethodCodeSequence: [
        { CodeValue: '113100', CodingSchemeDesignator: 'DCM', CodeMeaning: 'Basic Profile' },
      ],
    });
  });

  it('never puts a name that is too long into an error', () => {
    const PatientName = [{ Alphabetic: 'N'.repeat(80) }];
    expect(parse(smallInput({}, { ...header, PatientName })).PatientName[0].Alphabetic).toHaveLength(80);
  });

  it('carries lossy compression on', () => {
    expect(parse(smallInput()).LossyImageCompression).toBe('00');
    const lossy = {
      LossyImageCompression: '01',
      LossyImageCompressionRatio: 8.25,
      LossyImageCompressionMethod: 'ISO_15444_1',
    };
    expect(parse(smallInput({}, { ...header, ...lossy }))).toMatchObject(lossy);
  });

  it('dates the result in the time zone of the source', () => {
    expect(parse(smallInput())).toMatchObject({ ContentDate: '20261122', ContentTime: '050506.789' });
    expect(parse(smallInput({}, { ...header, TimezoneOffsetFromUTC: '-0530' }))).toMatchObject({
      ContentDate: '20261121',
      ContentTime: '223506.789',
    });
  });
});

describe('what cannot be encoded', () => {
  const refused = (changes: Partial<SegmentationInput>) => () => encodeSegmentation(smallInput(changes));
  const { source, segments } = smallInput();
  const { target, mask } = segments[0]!;

  it('is nothing at all', () => {
    expect(refused({ segments: [] })).toThrow(expect.objectContaining({ code: 'result-not-encodable' }));
  });

  it('is an empty mask, and the error names the target', () => {
    const empty: Mask = { grid: mask.grid, bits: new Uint8Array(mask.bits.length) };
    expect(
      refused({
        segments: [
          { target, mask },
          { target: makeTarget('spleen'), mask: empty },
        ],
      }),
    ).toThrow(expect.objectContaining({ code: 'result-not-encodable', details: { targetsWithoutVoxels: ['spleen'] } }));
  });

  it('is a mask on another grid', () => {
    const elsewhere = { ...mask, grid: { ...mask.grid, voxelToLps: randomGrid(random(5), mask.grid.size).voxelToLps } };
    expect(refused({ segments: [{ target, mask: elsewhere }] })).toThrow(
      expect.objectContaining({ code: 'result-not-encodable' }),
    );
    expect(refused({ segments: [{ target, mask: { ...mask, bits: mask.bits.subarray(1) } }] })).toThrow(
      expect.objectContaining({ code: 'result-not-encodable' }),
    );
  });

  it('is a grid whose pixels are no rectangles', () => {
    const grid: Grid = { size: mask.grid.size, voxelToLps: fromAxes([1, 0, 0], [0.5, 1, 0], [0, 0, 1], [0, 0, 0]) };
    expect(refused({ source: { ...source, grid }, segments: [{ target, mask: { ...mask, grid } }] })).toThrow(
      expect.objectContaining({ code: 'result-not-encodable' }),
    );
  });
});

describe('who asked', () => {
  it.each([
    ['Ada Löwe', 'Ada Löwe^'],
    ['a\\b^c=d\u0007', 'a b c d^'],
    ['x'.repeat(80), `${'x'.repeat(60)}...^`],
  ])('%s is its content creator and operator', (name, written) => {
    const { ContentCreatorName, OperatorsName, OperatorIdentificationSequence } = parse(
      smallInput({ operator: { name } }),
    );
    expect([ContentCreatorName, OperatorsName].map(String)).toEqual([written, written]);
    expect(OperatorIdentificationSequence).toBeUndefined();
  });

  it.each([
    ['ada', { CodeValue: 'ada' }],
    ['auth0|65f1c0ffee0123456789abcd', { LongCodeValue: 'auth0|65f1c0ffee0123456789abcd' }],
    ['CLINIC\\ada', { CodeValue: 'CLINIC_ada' }],
  ])('%s is identified by the account, at the institution whose it is', (subject, code) => {
    const operator = { name: 'Ada Lovelace', account: { subject, institution: 'Example Hospital' } };
    const { OperatorIdentificationSequence, CodingSchemeIdentificationSequence } = parse(smallInput({ operator }));
    expect([OperatorIdentificationSequence].flat()).toMatchObject([
      {
        InstitutionName: 'Example Hospital',
        PersonIdentificationCodeSequence: [
          { ...code, CodingSchemeDesignator: '99PROMPTSEGUSER', CodeMeaning: 'Ada Lovelace' },
        ],
      },
    ]);
    expect([CodingSchemeIdentificationSequence].flat()).toContainEqual(
      expect.objectContaining({
        CodingSchemeDesignator: '99PROMPTSEGUSER',
        CodingSchemeResponsibleOrganization: 'Example Hospital',
      }),
    );
  });

  it('is Promptseg where nobody had signed in', () => {
    const { ContentCreatorName, OperatorsName } = parse(smallInput());
    expect([String(ContentCreatorName), OperatorsName]).toEqual(['Promptseg^', undefined]);
  });
});
