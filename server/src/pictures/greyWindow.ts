import type { Volume } from '../values/volume.js';

/** The values shown as black and as white. */
export interface GreyWindow {
  readonly black: number;
  readonly white: number;
}

/** Soft tissue, in HU, for a CT that states no window. */
const softTissue: GreyWindow = { black: -160, white: 240 };
/** Share of pixels that may become black, or white: noise and vessels. */
const darkest = 0.005;
const brightest = 0.995;

/**
 * The window for displaying a volume. CT: that of the first image (VOI LUT, PS3.3 section C.11.2; the first of
 * several), otherwise soft tissue. MR and PET: from the displayed values, because the windows in their images differ
 * from slice to slice.
 * @param shown values of the displayed pixels, without those outside the images; sorted in place
 */
export function chooseWindow(
  { modality, header }: Pick<Volume, 'modality' | 'header'>,
  shown: Float32Array,
): GreyWindow {
  if (modality === 'CT') return statedWindow(header) ?? softTissue;
  shown.sort();
  const at = (part: number): number => shown[Math.floor(part * (shown.length - 1))] ?? 0;
  const [black, white] = [at(darkest), at(brightest)];
  return { black, white: white > black ? white : black + 1 };
}

function statedWindow({ WindowCenter, WindowWidth }: Volume['header']): GreyWindow | undefined {
  const [center, width] = [WindowCenter, WindowWidth].map((value) => Number(Array.isArray(value) ? value[0] : value));
  if (!Number.isFinite(center) || !(width! >= 1 && width! < 1e6)) return undefined;
  return { black: center! - width! / 2, white: center! + width! / 2 };
}
