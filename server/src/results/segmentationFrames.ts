import { PromptsegError } from '../platform/errors.js';
import type { SourceGrid } from '../values/grid.js';
import { binaryFrames } from './binaryFrames.js';
import { fractionalFrames } from './fractionalFrames.js';
import { labelMapFrames } from './labelMapFrames.js';
import { occupancyFrames } from './occupancyFrames.js';
import type { SegmentationFrames, SegmentOfInput } from './storedFrames.js';

/**
 * Segmentation Type (0062,0001); FRACTIONAL here means probabilities. OCCUPANCY is stored as FRACTIONAL as well: masks,
 * a byte per pixel.
 */
export type SegmentationKind = 'BINARY' | 'LABELMAP' | 'FRACTIONAL' | 'OCCUPANCY';

/**
 * The frames of one kind of segmentation object. Empty slices have no frame.
 * @param segments at least one, all on one grid, each with at least one voxel
 * @throws PromptsegError `segments-overlap`, `probabilities-unavailable`, `result-not-encodable`
 */
export function segmentationFrames(
  kind: SegmentationKind,
  segments: readonly SegmentOfInput<SourceGrid>[],
): SegmentationFrames {
  if (kind === 'LABELMAP') return labelMapFrames(segments);
  if (kind === 'BINARY') return binaryFrames(segments.map(({ mask }) => mask));
  if (kind === 'OCCUPANCY') return occupancyFrames(segments.map(({ mask }) => mask));
  const withProbability = segments.flatMap((segment) =>
    segment.probability === undefined ? [] : [{ ...segment, probability: segment.probability }],
  );
  if (withProbability.length < segments.length)
    throw new PromptsegError(
      'probabilities-unavailable',
      'A fractional segmentation needs probabilities, and the model gave none.',
    );
  return fractionalFrames(withProbability);
}
