import { colourOfCIELabValue } from '#contract/colour.js';
import type { TargetView } from '#contract/finding.js';
import { softwareVersion } from '../platform/softwareVersion.js';
import type { SegmentationAlgorithm } from '../results/describeSegment.js';
import type { ReadCode, ReadSegment } from '../results/readSegmentation.js';
import type { CodedConcept, Laterality } from '../values/concept.js';
import { lateralityCode } from '../values/laterality.js';
import type { Target } from '../values/target.js';

/** The target of a segment that we stored: from the record, with the category, which only the object holds. */
export function targetOfSegment(segment: ReadSegment, view: TargetView): Target {
  const { code, laterality, anatomicRegion, displayColour, freeText } = view;
  return {
    id: view.id,
    name: view.name,
    prompt: view.name,
    ...(freeText !== undefined && { freeText }),
    concept: {
      category: asConcept(segment.category) ?? tissue,
      type: asConcept(code)!,
      laterality,
      anatomicRegion: asConcept(anatomicRegion),
      displayColour,
    },
  };
}

/**
 * The default in most viewers for a new segment (Cornerstone's adapter among them): has no information about the
 * structure.
 */
const tissue: CodedConcept = { value: '85756007', scheme: 'SCT', meaning: 'Tissue' };
/** For a segment without a colour. */
const grey = [128, 174, 128] as const;

/**
 * The target of a segment that was added in a viewer: with the viewer's code, or else as "Tissue" (SNOMED CT), because
 * nothing more is known.
 */
export function targetOfAddedSegment(segment: ReadSegment): Target {
  const name = segment.label || `Segment ${segment.number}`;
  const laterality = (['left', 'right', 'both'] as const).find((side: Laterality) =>
    segment.typeModifiers.some(({ value }) => value === lateralityCode(side).value),
  );
  return {
    id: '',
    name,
    prompt: name,
    concept: {
      category: asConcept(segment.category) ?? tissue,
      type: asConcept(segment.type) ?? tissue,
      laterality,
      anatomicRegion: asConcept(segment.anatomicRegion),
      displayColour: colourOfCIELabValue(segment.recommendedDisplayCIELabValue) ?? grey,
    },
  };
}

/**
 * A code of any scheme as a concept; the encoders only write it down. Undefined if it is incomplete (type 1 in PS3.3
 * table 8.8-1) or does not have the form of its VR.
 */
function asConcept(code: ReadCode | undefined): CodedConcept | undefined {
  if (code === undefined || !/^[A-Za-z0-9 ._:^+-]{1,64}$/.test(code.value)) return undefined;
  if (!/^[A-Za-z0-9 ._-]{1,16}$/.test(code.scheme) || code.meaning.trim() === '') return undefined;
  return code as CodedConcept;
}

/** The model that made the segments. If a person drew all of them, no segment names an algorithm (CID 7162). */
export function algorithmOfSegments(segments: readonly ReadSegment[]): SegmentationAlgorithm {
  const [stated] = segments.flatMap(({ algorithmIdentification }) => algorithmIdentification ?? []);
  const familyCode = asConcept(stated?.familyCode) ?? { value: '123109', scheme: 'DCM', meaning: 'Manual Processing' };
  return { name: 'Promptseg', version: softwareVersion, ...stated, familyCode };
}
