import { describe, expect, it } from '@jest/globals';
import { freeTextTarget } from '../prompts/freeText.js';
import { describeSegment } from './describeSegment.js';

const provenance = { algorithmType: 'AUTOMATIC', trackingID: 'x', trackingUID: '2.25.1' } as const;
const algorithm = {
  name: 'SAT-Nano',
  version: '1.0.0',
  familyCode: { value: '123110', scheme: 'DCM', meaning: 'Artificial Intelligence' },
} as const;

describe('the segment of a free text', () => {
  it('says that the words are not of the vocabulary, all of them, and has no standard code', () => {
    const words = `${'a rim of fluid '.repeat(12)}\\ over the liver`;
    const segment = describeSegment(freeTextTarget(words)!, 1, provenance, algorithm);
    expect(segment.SegmentDescription).toBe(
      `Free text: "${words}" is not in the model's vocabulary; what is marked is the model's own reading of ` +
        'these words.',
    );
    expect(String(segment.SegmentLabel)).toHaveLength(64);
    expect(segment.SegmentedPropertyTypeCodeSequence).toMatchObject([{ CodingSchemeDesignator: '99PROMPTSEG' }]);
    expect(segment.SegmentedPropertyCategoryCodeSequence).toMatchObject([
      { CodingSchemeDesignator: '99PROMPTSEG', CodeMeaning: 'Named in free text' },
    ]);
  });

  it('is alone in having a description', () => {
    const { freeText: _, ...target } = freeTextTarget('perihepatic fluid')!;
    expect(describeSegment(target, 1, provenance, algorithm)).not.toHaveProperty('SegmentDescription');
  });
});
