import type { SeenBody, SeenVolume } from '../../segmenter/fieldOfView/lookAtVolume.js';
import type { FieldOfViewManifest } from '../../segmenter/packages/fieldOfViewPackage.js';
import { type HeightRange, overlap, type WithinHeights } from '../../values/heights.js';
import { bodyWithConfidence, listed, shownRegions, showsNoBody } from './describeShown.js';

/** In mm, at both ends of the heights of a target: bodies differ, and one in ten is beyond them. */
const margin = 60;

/** Heights between which something surely is: bodies differ, and the place of this one is known with an error. */
export function widened({ low, high }: HeightRange, { spread }: Pick<SeenBody, 'spread'>): HeightRange {
  const further = margin + spread;
  return { low: low - further, high: high + further };
}

/**
 * Why a volume surely does not show a target; undefined if it may.
 * @param place between which heights the target is; undefined: it can be anywhere
 */
export function whyNotShown(
  place: HeightRange | undefined,
  seen: SeenVolume,
  manifest: FieldOfViewManifest,
): string | undefined {
  if (place === undefined) return undefined;
  if (showsNoBody(seen, manifest)) return 'The image does not show a body.';
  const body = bodyWithConfidence(seen, manifest);
  if (body === undefined) return undefined;
  if (overlap(body, widened(place, body))) return undefined;
  const shown = shownRegions(body, manifest).map(({ name }) => name);
  return `It is not in the field of view${shown.length === 0 ? '' : `: the image shows ${listed(shown)}`}.`;
}

/**
 * Where targets can be; undefined if any of them can be anywhere, or it is not certain where the volume is.
 * @param places between which heights each target is
 */
export function placesWithin(
  places: readonly (HeightRange | undefined)[],
  seen: SeenVolume,
  manifest: FieldOfViewManifest,
): WithinHeights | undefined {
  const body = bodyWithConfidence(seen, manifest);
  if (body === undefined) return undefined;
  const ranges = places.flatMap((place) => (place === undefined ? [] : [widened(place, body)]));
  return ranges.length < places.length ? undefined : { heightOf: body.heightOf, ranges };
}
