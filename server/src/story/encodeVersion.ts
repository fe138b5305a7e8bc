import type { Archive } from '../pacs/archive.js';
import { chooseContainer } from '../results/chooseContainer.js';
import { type EncodedSegmentation, encodeSegmentation, type SegmentationInput } from '../results/encodeSegmentation.js';
import { masksOverlap } from '../results/packFrames.js';
import type { ReadSegmentation } from '../results/readSegmentation.js';
import { freeSeriesNumber } from '../results/seriesNumber.js';
import type { Volume } from '../values/volume.js';
import { describeEdited } from './describeResult.js';
import { type Predecessor, referenceTo } from './describeVersion.js';
import { algorithmOfSegments } from './targetOfSegment.js';

/** The input for a later version. */
export interface VersionInput
  extends Pick<SegmentationInput, 'segments' | 'identifiers' | 'createdAt' | 'operator' | 'promptedBy'> {
  /** As it was read. */
  readonly before: ReadSegmentation;
  readonly predecessor: Predecessor;
  /** The images. */
  readonly volume: Volume;
}

export interface EncodedVersion {
  readonly encoded: EncodedSegmentation;
  readonly seriesDescription: string;
  /** On the kind of segmentation. */
  readonly notes: readonly string[];
}

/**
 * Encodes a later version of a stored segmentation: named after its predecessor, with a new series number, and as a
 * label map if the predecessor was one.
 * @throws PromptsegError of `listSeries` and `encodeSegmentation`
 */
export async function encodeVersion(
  { before, predecessor, volume, ...version }: VersionInput,
  archive: Archive,
  signal: AbortSignal,
): Promise<EncodedVersion> {
  const masks = version.segments.map(({ mask }) => mask);
  // A label map cannot hold segments that overlap.
  const wanted = before.pixels.type === 'LABELMAP' && !masksOverlap(masks) ? 'labelmap' : undefined;
  const { kind, notes } = chooseContainer(wanted, masks);
  const seriesDescription = describeEdited(predecessor.seriesDescription);
  const seriesNumber = freeSeriesNumber(
    volume.header.SeriesNumber,
    version.identifiers.seriesInstanceUID,
    await archive.listSeries(volume.studyInstanceUID, signal),
  );
  const encoded = encodeSegmentation({
    ...version,
    source: volume,
    algorithm: algorithmOfSegments(before.segments),
    kind,
    seriesDescription,
    seriesNumber,
    predecessor: referenceTo(before, predecessor),
  });
  return { encoded, seriesDescription, notes };
}
