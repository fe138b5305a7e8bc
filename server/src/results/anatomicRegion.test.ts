import { describe, expect, it } from '@jest/globals';
import dcmjs from 'dcmjs';
import type { Concept } from '../values/concept.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import { describeSegment } from './describeSegment.js';
import { encodeSegmentation, segmentationStorage } from './encodeSegmentation.js';
import { encodeMeasurementReport } from './measurementReport.js';
import { readSegmentation } from './readSegmentation.js';
import { privateCodingSchemes } from './resultModules.js';
import { makeInput, makeTarget, makeVolume, random, randomGrid, randomMask } from './syntheticSegments.js';
import { verifyStored } from './verifyStored.js';

const kidney = { value: '64033007', scheme: 'SCT', meaning: 'Kidney' } as const;
const cyst: Partial<Concept> = {
  category: { value: '49755003', scheme: 'SCT', meaning: 'Morphologically Abnormal Structure' },
  type: { value: '367643001', scheme: 'SCT', meaning: 'Cyst' },
  anatomicRegion: kidney,
};

const next = random(71);
const grid = randomGrid(next, [6, 7, 3]);
const mask = randomMask(grid, next, () => true);
const input = makeInput(makeVolume(grid), [mask]);
const encoded = (changes: Partial<Concept>): Uint8Array =>
  encodeSegmentation({ ...input, segments: [{ target: makeTarget('a segment', changes), mask }] }).part10;
const described = (changes: Partial<Concept>): NaturalizedDataset =>
  describeSegment(
    makeTarget('a segment', changes),
    1,
    { algorithmType: 'AUTOMATIC', trackingID: 'a segment', trackingUID: '2.25.1' },
    input.algorithm,
  );

/** The items that name a Finding Site (363698007, SCT) anywhere in a report on one segment. */
function findingSites(changes: Partial<Concept>): NaturalizedDataset[] {
  const statistics = { voxelCount: 1, volumeMl: 1, mean: 1, standardDeviation: 1, longestAxialDiameterMm: 1 };
  const { part10 } = encodeMeasurementReport({
    ...input,
    segmentation: { sopClassUID: segmentationStorage, sopInstanceUID: '2.25.1', seriesInstanceUID: '2.25.2' },
    segments: [{ target: makeTarget('a segment', changes), segmentNumber: 1, ...statistics }],
  });
  const { dict } = dcmjs.data.DicomMessage.readFile(part10.slice().buffer as ArrayBuffer);
  const items = (item: NaturalizedDataset): NaturalizedDataset[] => [
    item,
    ...((item.ContentSequence ?? []) as NaturalizedDataset[]).flatMap(items),
  ];
  return items(dcmjs.data.DicomMetaDictionary.naturalizeDataset(dict)).filter((item) =>
    JSON.stringify(item.ConceptNameCodeSequence).includes('"363698007"'),
  );
}

describe('where a lesion is', () => {
  it('is its anatomic region, and the side is the side of that region', () => {
    expect(described({ ...cyst, laterality: 'left' }).AnatomicRegionSequence).toEqual([
      {
        CodeValue: '64033007',
        CodingSchemeDesignator: 'SCT',
        CodeMeaning: 'Kidney',
        AnatomicRegionModifierSequence: [{ CodeValue: '7771000', CodingSchemeDesignator: 'SCT', CodeMeaning: 'Left' }],
      },
    ]);
  });

  it('has no side where none is known', () => {
    expect(described(cyst).AnatomicRegionSequence).toEqual([
      { CodeValue: '64033007', CodingSchemeDesignator: 'SCT', CodeMeaning: 'Kidney' },
    ]);
  });

  it('is not stated of a structure, which is its own region', () => {
    expect(described({ laterality: 'left' })).not.toHaveProperty('AnatomicRegionSequence');
  });

  it('is read back', () => {
    const [segment] = readSegmentation(encoded({ ...cyst, laterality: 'right' })).segments;
    expect(segment).toMatchObject({
      type: { value: '367643001' },
      anatomicRegion: kidney,
      anatomicRegionModifiers: [{ value: '24028007', scheme: 'SCT', meaning: 'Right' }],
    });
  });

  it('is the finding site of the report, with its side', () => {
    const [site, ...others] = findingSites({ ...cyst, laterality: 'left' });
    expect(others).toEqual([]);
    expect(site).toMatchObject({
      ConceptCodeSequence: [{ CodeValue: '64033007', CodeMeaning: 'Kidney' }],
      ContentSequence: [{ ConceptCodeSequence: [{ CodeValue: '7771000' }] }],
    });
    expect(findingSites(cyst)).toMatchObject([{ ConceptCodeSequence: [{ CodeValue: '64033007' }] }]);
    expect(findingSites({ ...cyst, anatomicRegion: undefined })).toEqual([]);
  });

  it('must be the same in the archive', async () => {
    const lung = { value: '39607008', scheme: 'SCT', meaning: 'Lung' } as const;
    await expect(verifyStored(encoded(cyst), encoded({ ...cyst, anatomicRegion: lung }))).rejects.toMatchObject({
      code: 'store-not-verified',
      details: { differing: ['segments'] },
    });
  });

  it('names the owner of a private code', () => {
    const anatomicRegion = { value: 'HIP-BONE', scheme: '99PROMPTSEG', meaning: 'Hip bone' } as const;
    expect(privateCodingSchemes([makeTarget('a segment', cyst).concept])).toEqual({});
    expect(privateCodingSchemes([makeTarget('a segment', { ...cyst, anatomicRegion }).concept])).toHaveProperty(
      'CodingSchemeIdentificationSequence',
    );
  });
});
