import { type EncodedResults, encodeResults } from '../../server/src/results/encodeResults.js';
import { findingOf, type MeasuredTarget, measureOutcomes } from '../../server/src/story/measureOutcomes.js';
import { voxelCount } from '../../server/src/values/grid.js';
import type { Volume } from '../../server/src/values/volume.js';
import { description, segmentsOf } from './encodeSeries.js';

/** Everything that can be stored of one volume, and what it was made from. */
export interface Companions {
  readonly segments: readonly MeasuredTarget[];
  readonly results: EncodedResults;
  readonly findings: readonly ReturnType<typeof findingOf>[];
}

/** Segmentation, report, structure set and presentation state of {@link segmentsOf}, with fixed identifiers. */
export function encodeCompanions(volume: Volume): Companions {
  const found = segmentsOf(volume).map((segment) => ({ ...segment, status: 'found' as const }));
  // Noise has outlines of millions of points: of the bright voxels every eighth slice is enough.
  const [bright, ...others] = found;
  const outcomes = [{ ...bright!, mask: { ...bright!.mask, bits: everyEighthSlice(bright!.mask) } }, ...others];
  const measured = measureOutcomes(outcomes, volume);
  const places = [{ slice: 0, sopInstanceUID: volume.sourceImages[0]!.sopInstanceUID, position: [0, 0, 0] }] as const;
  const segments = measured
    .filter((outcome) => outcome.status === 'found')
    .map((segment) => ({
      ...segment,
      cautions: [{ code: 'few-slices', text: 'It is on one slice only.', count: 1, places } as const],
    }));
  const results = encodeResults({
    output: { measurementReport: true, rtStructureSet: true, presentationState: true },
    source: volume,
    segments,
    ...description,
    operator: { name: 'Ada Lovelace', account: { subject: 'ada', institution: 'Example Hospital' } },
  });
  return { segments, results, findings: measured.map((outcome) => findingOf(outcome, volume)) };
}

function everyEighthSlice({ grid, bits }: MeasuredTarget['mask']): Uint8Array {
  const frame = grid.size[0] * grid.size[1];
  const kept = bits.slice();
  for (let n = 0; n < voxelCount(grid); n++) if (Math.floor(n / frame) % 8 !== 0) kept[n >> 3]! &= ~(1 << (n & 7));
  return kept;
}
