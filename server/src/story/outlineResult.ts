import type { TargetView } from '#contract/finding.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import { bitsOfSegment } from '../results/bitsOfSegment.js';
import { longString } from '../results/code.js';
import { derivedUID } from '../results/resultModules.js';
import { encodeStructureSet } from '../results/rtStructureSet.js';
import { measureMask } from '../segmenter/measureMask.js';
import { type ResultReference, readResult } from './readResult.js';
import type { LastSource } from './retrieveSource.js';
import { algorithmOfSegments, targetOfSegment } from './targetOfSegment.js';

export interface OutlineRequest {
  readonly result: ResultReference;
  readonly seriesDescription: string;
  /** The findings of its segments from the record, in their order. */
  readonly findings: readonly { readonly segmentNumber: number; readonly target: TargetView }[];
  /** Becomes Structure Set Date and Time. */
  readonly createdAt: Date;
}

/**
 * Makes an RT Structure Set from a stored segmentation and its images. For a binary segmentation or a label map the
 * bytes equal those of the set that would have been stored with it; for a fractional one the contours enclose the
 * voxels with a probability of at least one half.
 * @throws PromptsegError of `readResult` and `encodeStructureSet`
 */
export async function outlineResult(
  { result, seriesDescription, findings, createdAt }: OutlineRequest,
  { archive, lastSource, signal }: { archive: Archive; lastSource: LastSource; signal: AbortSignal },
): Promise<Uint8Array> {
  const { volume, segmentation } = await readResult(archive, result, lastSource, signal);
  const segments = findings.map(({ segmentNumber, target }) => {
    const segment = segmentation.segments.find(({ number }) => number === segmentNumber);
    if (segment === undefined)
      throw new PromptsegError('segment-not-found', `The stored segmentation has no segment ${segmentNumber}.`);
    const mask = bitsOfSegment(segmentation, segmentNumber, volume.grid);
    const algorithmType = (['SEMIAUTOMATIC', 'MANUAL'] as const).find((type) => type === segment.algorithmType);
    return {
      target: targetOfSegment(segment, target),
      mask,
      volumeMl: measureMask(mask, volume).volumeMl,
      ...(algorithmType && { provenance: { algorithmType } }),
    };
  });
  const { sopInstanceUID } = segmentation;
  const { part10 } = encodeStructureSet({
    source: volume,
    segments,
    algorithm: algorithmOfSegments(segmentation.segments),
    seriesDescription: longString(`Contours of ${seriesDescription}`),
    seriesNumber: segmentation.seriesNumber,
    identifiers: {
      seriesInstanceUID: derivedUID(sopInstanceUID, 'series of rt-structure-set'),
      sopInstanceUID: derivedUID(sopInstanceUID, 'rt-structure-set'),
    },
    createdAt,
  });
  return part10;
}
