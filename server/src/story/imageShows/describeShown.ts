import type { ImageShows } from '#contract/imageShows.js';
import type { SeenVolume } from '../../segmenter/fieldOfView/lookAtVolume.js';
import type { FieldOfViewManifest } from '../../segmenter/packages/fieldOfViewPackage.js';
import { type SliceGrid, voxelCentre } from '../../values/grid.js';
import { type HeightRange, heightAt } from '../../values/heights.js';
import { modalitySeen } from './modalitySeen.js';

/** Share of a region, or of what the volume shows, that must be in both for the region to be shown. */
const leastShare = 0.5;
/** Millimetres of height by which the ends of a slice may differ for the slice to be axial: 15° of a body. */
const mostWithinSlice = 90;

/** What a network made of a volume, for people and programs. */
export function describeShown(seen: SeenVolume, manifest: FieldOfViewManifest, grid: SliceGrid): ImageShows {
  const { kind, orientation } = seen;
  const kindProbability = seen.probabilities.get(kind) ?? 0;
  const body = bodyWithConfidence(seen, manifest);
  const regions = body === undefined ? [] : shownRegions(body, manifest);
  return {
    kind,
    kindProbability,
    orientation,
    regions: regions.map(({ name, code }) => ({ name, code: { ...code, scheme: 'SCT' } })),
    ...(body !== undefined && {
      heights: { low: Math.round(body.low), high: Math.round(body.high) },
      ...slicesOf(body, manifest, grid),
    }),
    ...(seen.body !== undefined && { confidence: seen.body.confidence }),
    text: sentenceOf(seen, manifest, regions),
  };
}

/** Where the volume is in the body, if that is known with confidence. */
export const bodyWithConfidence = ({ body }: SeenVolume, { thresholds }: Pick<FieldOfViewManifest, 'thresholds'>) =>
  body !== undefined && body.confidence >= thresholds.body ? body : undefined;

/** Whether it is certain that a volume shows no body. */
export const showsNoBody = ({ probabilities }: SeenVolume, { thresholds }: Pick<FieldOfViewManifest, 'thresholds'>) =>
  (probabilities.get('other') ?? 0) >= (thresholds.noBody ?? Infinity);

/** "head and neck" */
export const listed = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);

/** Regions of which at least half is in the range, or in which at least half of the range is. */
export const shownRegions = (range: HeightRange, { regions }: FieldOfViewManifest) =>
  regions.filter((region) => {
    const both = Math.min(range.high, region.high) - Math.max(range.low, region.low);
    return both >= leastShare * Math.min(range.high - range.low, region.high - region.low);
  });

function sentenceOf(
  seen: SeenVolume,
  manifest: FieldOfViewManifest,
  regions: readonly { readonly name: string }[],
): string {
  if (showsNoBody(seen, manifest)) return 'The image does not show a body.';
  const { modality, probability } = modalitySeen(seen);
  const kind = probability >= (manifest.thresholds.kind ?? Infinity) ? ` (${modality})` : '';
  if (regions.length > 0) return `The image shows ${listed(regions.map(({ name }) => name))}${kind}.`;
  return `It is not certain which part of the body the image shows${kind}.`;
}

/** Runs of slices with the same regions; none where slices are not axial. */
function slicesOf(
  body: NonNullable<SeenVolume['body']>,
  manifest: FieldOfViewManifest,
  grid: SliceGrid,
): Pick<ImageShows, 'slices'> {
  const [columns, rows, count] = grid.size;
  const height = (i: number, j: number, k: number): number => heightAt(body.heightOf, voxelCentre(grid, [i, j, k]));
  const corners = [
    height(0, 0, 0),
    height(columns - 1, 0, 0),
    height(0, rows - 1, 0),
    height(columns - 1, rows - 1, 0),
  ];
  if (Math.max(...corners) - Math.min(...corners) > mostWithinSlice) return {};
  const runs: { first: number; last: number; regions: string[] }[] = [];
  for (let k = 0; k < count; k++) {
    const at = height((columns - 1) / 2, (rows - 1) / 2, k);
    const isBody = at >= body.low && at <= body.high;
    const regions = isBody
      ? manifest.regions.filter(({ low, high }) => at >= low && at <= high).map(({ name }) => name)
      : [];
    const run = runs.at(-1);
    if (run !== undefined && run.regions.join() === regions.join()) run.last = k;
    else runs.push({ first: k, last: k, regions });
  }
  return { slices: runs };
}
