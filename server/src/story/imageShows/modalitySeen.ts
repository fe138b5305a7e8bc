import type { ImageKind } from '#contract/imageShows.js';
import type { SeenVolume } from '../../segmenter/fieldOfView/lookAtVolume.js';
import type { FieldOfViewManifest } from '../../segmenter/packages/fieldOfViewPackage.js';

const kindsOf: readonly (readonly [modality: string, kinds: readonly ImageKind[]])[] = [
  ['CT', ['ct']],
  ['MR', ['t1', 't2', 'flair', 'other-mr']],
  ['PT', ['pet']],
];

/** The likeliest modality of a volume by its voxels: that of one kind of image or several. */
export function modalitySeen({ probabilities }: Pick<SeenVolume, 'probabilities'>): {
  readonly modality: string;
  readonly probability: number;
} {
  const [likeliest] = kindsOf
    .map(([modality, kinds]) => {
      const probability = kinds.reduce((sum, kind) => sum + (probabilities.get(kind) ?? 0), 0);
      return { modality, probability: Math.min(1, probability) };
    })
    .sort((a, b) => b.probability - a.probability);
  return likeliest!;
}

/** The modality of a volume by its voxels, if it surely is another one than the stated CT, MR or PT. */
export function otherModality(
  seen: Pick<SeenVolume, 'probabilities'>,
  { thresholds }: Pick<FieldOfViewManifest, 'thresholds'>,
  stated: string,
): string | undefined {
  const { modality, probability } = modalitySeen(seen);
  const isKnown = kindsOf.some(([known]) => known === stated);
  return isKnown && modality !== stated && probability >= (thresholds.kind ?? Infinity) ? modality : undefined;
}

/**
 * What was seen, without heights where the network takes one modality for another without being certain: of an MR of a
 * thigh that it took for CT, it was confident that it is a chest.
 */
export function credible(
  seen: SeenVolume,
  manifest: Pick<FieldOfViewManifest, 'thresholds'>,
  stated: string,
): SeenVolume {
  const isKnown = kindsOf.some(([known]) => known === stated);
  const agrees = modalitySeen(seen).modality === stated || otherModality(seen, manifest, stated) !== undefined;
  if (!isKnown || agrees) return seen;
  const { body: _body, ...rest } = seen;
  return rest;
}
