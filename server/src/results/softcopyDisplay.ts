import { PromptsegError } from '../platform/errors.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { SourceImage, StatedDisplay, Volume } from '../values/volume.js';
import { decimalString } from './decimalString.js';
import { imageReferences } from './imageReferences.js';

type Window = NonNullable<StatedDisplay['window']>;

/**
 * Modality LUT, Softcopy VOI LUT and Softcopy Presentation LUT modules of a presentation state (PS3.3 sections C.11.1,
 * C.11.8, C.11.6). They replace what the images state (PS3.4 section N.2), so they repeat it: each image keeps its own
 * window. An image without one gets the range of the volume's values.
 *
 * A presentation state has one Modality LUT. If slopes or intercepts differ from slice to slice, it has none, and the
 * windows are in stored values.
 * @throws PromptsegError `result-not-encodable` if an image has a Modality LUT Sequence or a slope below 0
 */
export function softcopyDisplay(volume: Pick<Volume, 'sourceImages' | 'voxels' | 'header'>): NaturalizedDataset {
  const displays = volume.sourceImages.map(({ display }) => display ?? refuseTable());
  const rescale = commonRescale(displays);
  const range = displays.every(({ window }) => window !== undefined) ? undefined : rangeOf(volume.voxels);
  const images = new Map<string, { readonly window: Window; readonly of: SourceImage[] }>();
  displays.forEach((display, slice) => {
    const window = inStoredValues(display, range);
    const wanted = rescale === undefined ? window : (display.window ?? rescaled(window, rescale));
    const key = `${wanted.center} ${wanted.width} ${wanted.function}`;
    const { of } = images.get(key) ?? { of: [] };
    images.set(key, { window: wanted, of: [...of, volume.sourceImages[slice]!] });
  });
  return {
    ...(rescale !== undefined && {
      RescaleIntercept: decimalString(rescale.intercept),
      RescaleSlope: decimalString(rescale.slope),
      RescaleType: rescale.type ?? 'US',
    }),
    SoftcopyVOILUTSequence: [...images.values()].map(({ window, of }) => ({
      ...(images.size > 1 && { ReferencedImageSequence: imageReferences(of) }),
      WindowCenter: decimalString(window.center),
      WindowWidth: decimalString(window.width),
      ...(window.function !== undefined && { VOILUTFunction: window.function }),
    })),
    PresentationLUTShape: volume.header.PhotometricInterpretation === 'MONOCHROME1' ? 'INVERSE' : 'IDENTITY',
  };
}

/** The Modality LUT of all images; undefined if they differ. */
function commonRescale([first, ...others]: readonly StatedDisplay[]): StatedDisplay['rescale'] | undefined {
  const { slope, intercept, type } = first!.rescale;
  const isCommon = others.every(
    ({ rescale }) => rescale.slope === slope && rescale.intercept === intercept && rescale.type === type,
  );
  return isCommon ? first!.rescale : undefined;
}

/**
 * The window of an image in its stored values.
 * @param range of the volume's voxels, for an image that states no window
 */
function inStoredValues({ window, rescale, toVoxels }: StatedDisplay, range: Range | undefined): Window {
  if (window !== undefined) {
    const { slope, intercept } = rescale;
    return { ...window, center: (window.center - intercept) / slope, width: Math.max(1, window.width / slope) };
  }
  const [lowest, highest] = range!.map((value) => (value - toVoxels.intercept) / toVoxels.slope) as [number, number];
  return linearWindow(lowest, highest);
}

function rescaled({ center, width }: Window, { slope, intercept }: StatedDisplay['rescale']): Window {
  const [lowest, highest] = [center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2];
  return linearWindow(lowest * slope + intercept, highest * slope + intercept);
}

/** From black to white with the function LINEAR (PS3.3 section C.11.2.1.2.1). */
const linearWindow = (black: number, white: number): Window => ({
  center: (black + white) / 2 + 0.5,
  width: white - black + 1,
});

type Range = readonly [lowest: number, highest: number];

function rangeOf(voxels: Volume['voxels']): Range {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of voxels) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return [lowest, highest];
}

function refuseTable(): never {
  throw new PromptsegError(
    'result-not-encodable',
    'The images turn stored values into others by a table or a negative slope, so no presentation state is made.',
  );
}
