import { regionsShown } from '../../../values/bodyRegions.js';
import type { EvenVolume } from '../../../values/volume.js';
import type { GreyWindow, GridBox } from '../../promptable.js';
import { type GrayScale, percentileScale, windowScale } from '../slices/grayImages.js';
import type { MedsamManifest } from './manifest.js';

/** Grey values for a whole volume, computed like upstream before it processes slices (pre_CT_MR.py). */
export interface GreyValues {
  /** Equal for equal grey values of one volume. */
  readonly key: string;
  /** For people: "in the CT window “soft-tissue” (level 40, width 400 HU)". */
  readonly description: string;
  readonly scale: () => GrayScale;
}

/**
 * The window in which the person saw the image, if known. Otherwise, for CT, the manifest's first window for the region
 * that does not show the median of the box's values as black; for other modalities, between two percentiles of the
 * values above 0.
 */
export function chooseGrey(
  { ctWindows, percentiles }: MedsamManifest['input'],
  volume: EvenVolume,
  box: GridBox,
  seen: GreyWindow | undefined,
): GreyValues {
  const { voxels, modality, header } = volume;
  if (seen !== undefined) return inWindow(voxels, seen, 'as it was seen');
  if (modality !== 'CT')
    return {
      key: 'percentiles',
      description: `between the percentiles ${percentiles.join(' and ')} of the values above 0`,
      scale: () => percentileScale(voxels, ...percentiles),
    };
  const regions = regionsShown(String(header.BodyPartExamined ?? ''));
  const serving = ctWindows.filter(
    ({ bodyRegions }) => bodyRegions === undefined || regions?.some((region) => bodyRegions.includes(region)),
  );
  const middle = medianInside(volume, box);
  const isBlack = ({ level, width }: GreyWindow) => middle <= level - width / 2;
  const chosen = serving.find((window) => !isBlack(window)) ?? serving.at(-1) ?? ctWindows[0]!;
  return inWindow(voxels, chosen, `“${chosen.name}”`);
}

const inWindow = (voxels: EvenVolume['voxels'], { level, width }: GreyWindow, name: string): GreyValues => ({
  key: `${level} ${width}`,
  description: `in the window ${name} (level ${level}, width ${width})`,
  scale: () => windowScale(voxels, level, width),
});

/** Median of the voxels in the box, on its plane. */
function medianInside({ grid: { size }, voxels }: EvenVolume, { across, plane, least, greatest }: GridBox): number {
  const range = ([0, 1, 2] as const).map((axis) =>
    axis === across
      ? ([plane, plane] as const)
      : ([Math.max(0, Math.ceil(least[axis])), Math.min(size[axis] - 1, Math.floor(greatest[axis]))] as const),
  );
  const [[i0, i1], [j0, j1], [k0, k1]] = range as [
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
  ];
  const values: number[] = [];
  for (let k = k0; k <= k1; k++)
    for (let j = j0; j <= j1; j++) for (let i = i0; i <= i1; i++) values.push(voxels[i + size[0] * (j + size[1] * k)]!);
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
