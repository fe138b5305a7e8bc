import { decodeFrame, type StoredPixels } from '../dicom/decodeFrame.js';
import { parseInstance } from '../dicom/dicomInstance.js';
import type { InstanceHeader } from '../dicom/instanceHeader.js';
import { PromptsegError, throwIfCancelled } from '../platform/errors.js';
import { concatenations } from './concatenations.js';
import { whatIsLeftOut } from './imagesLeftOut.js';
import { requireSameSeries } from './sameStack.js';
import { isServedSopClass, readSliceImages, type SliceImage } from './sliceImage.js';
import { requireSeriesFits, requireVoxelsFit } from './voxelLimit.js';

/** The decoded images of a series that can be slices. */
export interface DecodedSlices {
  /** In order of arrival. */
  readonly decoded: Map<SliceImage, { readonly stored: StoredPixels; readonly part10: Uint8Array }>;
  /** The kind of each image that cannot be a slice: "localizers". */
  readonly leftOut: readonly string[];
  /** Instances without an image. */
  readonly withoutPixels: number;
}

/**
 * Decodes every instance as it arrives.
 * @throws PromptsegError as `assembleVolume` documents for single images; `series-without-images`, `series-mixed`,
 * `series-incomplete`, `image-too-large`, `cancelled`
 */
export async function decodeSlices(
  instances: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  onProgress: ((read: number) => void) | undefined,
): Promise<DecodedSlices> {
  const decoded: DecodedSlices['decoded'] = new Map();
  const refused: LeftOut[] = [];
  const parts = concatenations();
  let first: SliceImage | undefined;
  let [read, withoutPixels, pixels, bytes] = [0, 0, 0, 0];

  throwIfCancelled(signal);
  for await (const part10 of instances) {
    throwIfCancelled(signal);
    read++;
    onProgress?.(read);
    const instance = parseInstance(part10);
    if (isNoImage(instance)) {
      withoutPixels++;
      continue;
    }
    parts.add(instance);
    const { images, leftOut } = readOrLeaveOut(instance);
    if (leftOut !== undefined) refused.push(leftOut);
    bytes += part10.byteLength;
    for (const [frame, image] of images.entries()) {
      throwIfCancelled(signal);
      first ??= image;
      requireSameSeries(first, image);
      pixels += image.columns * image.rows;
      requireVoxelsFit(pixels, Int16Array.BYTES_PER_ELEMENT);
      const stored = await decodeFrame(instance, frame);
      if (stored.buffer !== part10.buffer) bytes += stored.byteLength;
      requireSeriesFits(bytes);
      decoded.set(image, { stored, part10 });
    }
  }
  throwIfCancelled(signal);
  parts.requireComplete();
  requireEnough(decoded.size, refused);
  if (decoded.size === 0)
    throw new PromptsegError('series-without-images', `None of the ${read} instances of the series is an image.`);
  return { decoded, leftOut: refused.map(({ what }) => what), withoutPixels };
}

interface LeftOut {
  readonly what: string;
  readonly error: PromptsegError;
}

/**
 * The slices of an instance; none, with the reason, for an image that is not a slice and may be left out of its series.
 */
export function readOrLeaveOut(instance: InstanceHeader): {
  readonly images: readonly SliceImage[];
  readonly leftOut?: LeftOut;
} {
  try {
    return { images: readSliceImages(instance) };
  } catch (error) {
    const what = error instanceof PromptsegError ? whatIsLeftOut(instance, error) : undefined;
    if (what === undefined) throw error;
    return { images: [], leftOut: { what, error: error as PromptsegError } };
  }
}

/** If most images of a series have lost their positions, the few that kept theirs are not the series. */
function requireEnough(slices: number, refused: readonly LeftOut[]): void {
  const [withoutPlace, ...more] = refused.filter(({ error }) => error.code === 'geometry-missing');
  if (withoutPlace !== undefined && more.length >= slices) throw withoutPlace.error;
  if (slices === 0 && refused.length > 0) throw refused[0]!.error;
}

/**
 * Presentation states, structured reports and other objects without pixels cannot be slices and are left out. A CT, MR
 * or PET image without pixels is a damaged slice: decoding it fails, as it should.
 */
export function isNoImage(instance: InstanceHeader): boolean {
  return !isServedSopClass(instance.sopClassUID) && !instance.hasPixelData;
}
