import { type EncodedResults, encodeResults } from '../results/encodeResults.js';
import type { OutputPolicy } from '../results/outputPolicy.js';
import { trackingUID } from '../results/resultModules.js';
import type { PromptablePackage } from '../segmenter/packages/modelPackage.js';
import type { Mask } from '../values/mask.js';
import { countBits } from '../values/maskBits.js';
import type { Operator } from '../values/operator.js';
import type { Target } from '../values/target.js';
import type { Volume } from '../values/volume.js';
import { drawWanted } from './drawWanted.js';
import { measureOutcomes } from './measureOutcomes.js';
import { findingsOf, segmentsOf } from './segmentSource.js';

/** A new structure. */
export interface NewSegment {
  readonly target: Target;
  readonly output: OutputPolicy;
  readonly correction?: undefined;
}

interface ResultRequest {
  /** The UIDs of the segmentation: see `SegmentByTextRequest`. */
  readonly result: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
  readonly createdAt: Date;
  readonly operator?: Operator | undefined;
}

/** The mask that a person's prompts made. */
export interface PromptedMask {
  readonly mask: Mask;
  readonly promptedBy: 'boxes' | 'clicks' | 'strokes';
  /** Why nothing was found if the mask is empty, as a sentence. */
  readonly whyEmpty: string;
}

/**
 * Makes the one segment of a new result from a mask on the volume's grid.
 * @returns without results if the mask is empty
 */
export async function makeNewSegment(
  { result, createdAt, operator }: ResultRequest,
  { target, output }: NewSegment,
  { mask, promptedBy, whyEmpty }: PromptedMask,
  volume: Volume,
  manifest: PromptablePackage['manifest'],
): Promise<{ readonly findings: ReturnType<typeof findingsOf>; readonly results: EncodedResults | undefined }> {
  const outcome =
    countBits(mask.bits) > 0
      ? ({ target, status: 'found', mask } as const)
      : ({ target, status: 'not-found', reason: whyEmpty } as const);
  const measured = measureOutcomes([outcome], volume);
  const findings = findingsOf(measured, volume);
  const provenance = {
    algorithmType: 'SEMIAUTOMATIC',
    trackingID: target.name,
    trackingUID: trackingUID(result.sopInstanceUID, 1),
  } as const;
  const segments = segmentsOf(measured, findings).map((each) => ({ ...each, provenance }));
  if (segments.length === 0) return { findings, results: undefined };
  const results = encodeResults({
    output,
    source: volume,
    segments,
    drawn: await drawWanted(output, volume, segments, {
      seriesDescription: target.name,
      sopInstanceUID: result.sopInstanceUID,
      model: manifest,
      createdAt,
    }),
    algorithm: manifest.algorithm,
    identifiers: result,
    seriesDescription: target.name,
    createdAt,
    operator,
    promptedBy,
  });
  return { findings, results };
}
