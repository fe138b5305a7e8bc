import { familyOf } from '../segmenter/packages/families.js';
import type { ModelManifest } from '../segmenter/packages/modelManifest.js';
import { countBits, countCommonBits } from '../values/maskBits.js';
import type { MeasuredOutcome } from './measureOutcomes.js';

type FoundOutcome = Extract<MeasuredOutcome, { status: 'found' }>;

/**
 * Recognition only: of targets that mark the same place, keeps the one that fits best (BiomedParse's
 * `non_maxima_suppression`, here over all slices at once). Only targets of the same kind of image compete. A target
 * that was requested by name is never suppressed.
 *
 * @param measured of a recognition; returned unchanged for families whose targets do not compete
 */
export function suppressOverlapped(
  measured: readonly MeasuredOutcome[],
  manifest: ModelManifest,
  modality: string,
): readonly MeasuredOutcome[] {
  const competition = familyOf(manifest).competition?.(manifest, modality);
  if (competition === undefined) return measured;
  const kindsOf = ({ target }: FoundOutcome) => competition.kindsOf(target.id);
  const partIn = (one: FoundOutcome, other: FoundOutcome) =>
    countCommonBits(one.mask.bits, other.mask.bits) / countBits(one.mask.bits);
  const kept: FoundOutcome[] = [];
  const reasons = new Map<string, string>();
  for (const each of bestFirst(measured)) {
    const better = kept.find(
      (other) =>
        kindsOf(other).some((kind) => kindsOf(each).includes(kind)) && partIn(each, other) > competition.overlap,
    );
    if (better === undefined) kept.push(each);
    else
      reasons.set(
        each.target.id,
        `${(100 * partIn(each, better)).toFixed(0)} % of its mask is also in ` +
          `"${better.target.name}", which fits better. To see it, request it by name.`,
      );
  }
  return measured.map((outcome) => {
    const reason = reasons.get(outcome.target.id);
    if (reason === undefined) return outcome;
    return { target: outcome.target, status: 'not-found', reason, presence: outcome.presence! };
  });
}

const bestFirst = (measured: readonly MeasuredOutcome[]): FoundOutcome[] =>
  measured
    .filter((outcome) => outcome.status === 'found')
    .filter(({ presence }) => presence !== undefined)
    .toSorted((a, b) => b.presence! - a.presence!);
