import { type DicomInstance, parseInstance } from '../dicom/dicomInstance.js';
import type { InstanceHeader } from '../dicom/instanceHeader.js';
import { naturalizeHeader } from '../dicom/naturalizeHeader.js';
import { PromptsegError, throwIfCancelled } from '../platform/errors.js';
import type { SingleImage } from '../values/singleImage.js';
import { chooseStack } from './chooseStack.js';
import { displayedPixels } from './displayedPixels.js';
import { frameDatasets } from './frameDataset.js';
import { noteOnUsed, whatIsLeftOutAlone } from './imagesLeftOut.js';
import { nameOfImage } from './nameOfImage.js';
import type { ReadSeriesOptions } from './readSeriesOptions.js';
import { requireSameSeries } from './sameStack.js';
import { isSingleImageSopClass, readSingleImageHeader, type SingleImageHeader } from './singleImageHeader.js';
import { singleImageSopClass } from './sopClasses.js';
import { statedPixelSpacing } from './statedPixelSpacing.js';
import { requireSeriesFits } from './voxelLimit.js';

/** One of the images of a series, to choose from. */
export interface ChoosableImage<Image extends SingleImageHeader = SingleImageHeader> {
  /** Unique within the series: "image-2". */
  readonly id: string;
  /** "image 2 (left MLO), 3328 × 4096 pixels" */
  readonly description: string;
  /** The image itself. */
  readonly images: readonly [Image];
}

/**
 * One image of a series of single images: the one requested by its id or SOP Instance UID, else the
 * first by Instance Number.
 *
 * @param instances Part 10 files
 * @throws PromptsegError `series-without-images`; `sop-class-unsupported`, `image-kind-unsupported`,
 * `photometric-unsupported` if no image can be read; `series-mixed`; `stack-not-found`; `image-too-large`;
 * `instance-unreadable`; `cancelled`; and what decoding and retrieving throw
 */
export async function readSingleImage(
  instances: AsyncIterable<Uint8Array>,
  { signal, stack: wanted, onProgress }: ReadSeriesOptions,
): Promise<SingleImage> {
  const { images, leftOut, withoutPixels } = await readHeaders(instances, signal, onProgress);
  const choice = choosable(images);
  const asked = choice.find(({ images: [image] }) => image.sopInstanceUID === wanted)?.id ?? wanted;
  const { stack, stacks, notes } = chooseStack(choice, asked, {
    what: 'single images',
    rule: 'the first by Instance Number',
  });
  const [{ instance, part10, modality, columns, rows, isColour, ...image }] = stack.images;
  const frame = singleImageSopClass(image.sopClassUID)?.hasFunctionalGroups ? frameDatasets(instance)[0]! : instance;
  const { pixels, notes: notesOnPixels } = await displayedPixels(instance, frame, isColour, nameOfImage(instance));
  const { pixelSpacing, notes: notesOnSpacing } = statedPixelSpacing(frame, modality);
  throwIfCancelled(signal);
  return {
    grid: { size: [columns, rows, 1] },
    pixels,
    ...(pixelSpacing && { pixelSpacing }),
    modality,
    studyInstanceUID: image.studyInstanceUID,
    seriesInstanceUID: image.seriesInstanceUID,
    sourceImages: [{ sopClassUID: image.sopClassUID, sopInstanceUID: image.sopInstanceUID }],
    ...(stacks && { stacks }),
    header: naturalizeHeader(part10),
    notes: [
      ...noteOnUsed(
        images.length,
        leftOut.map((what) => ({ images: 1, what })),
      ),
      ...notes,
      ...notesOnPixels,
      ...notesOnSpacing,
      ...(withoutPixels > 0
        ? [`Left out, because they hold no image: ${withoutPixels} of the instances of the series.`]
        : []),
    ],
  };
}

interface ReadHeader extends SingleImageHeader {
  readonly instance: DicomInstance;
  readonly part10: Uint8Array;
}

async function readHeaders(
  instances: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  onProgress: ReadSeriesOptions['onProgress'],
) {
  const images: ReadHeader[] = [];
  const leftOut: string[] = [];
  let refusal: PromptsegError | undefined;
  let [read, withoutPixels, bytes] = [0, 0, 0];
  throwIfCancelled(signal);
  for await (const part10 of instances) {
    throwIfCancelled(signal);
    read++;
    onProgress?.(read);
    const instance = parseInstance(part10);
    if (!instance.hasPixelData && !isSingleImageSopClass(instance.sopClassUID)) {
      withoutPixels++;
      continue;
    }
    const header = readOrLeaveOutAlone(instance);
    if ('what' in header) {
      leftOut.push(header.what);
      refusal ??= header.error;
      continue;
    }
    requireSameSeries(images[0] ?? header, header);
    // They are held in memory, since the first may arrive last.
    bytes += part10.byteLength;
    requireSeriesFits(bytes);
    images.push({ ...header, instance, part10 });
  }
  throwIfCancelled(signal);
  if (images.length === 0) {
    throw (
      refusal ?? new PromptsegError('series-without-images', `None of the ${read} instances of the series is an image.`)
    );
  }
  return { images, leftOut, withoutPixels };
}

/**
 * The description of an instance; or its kind, with the reason for its refusal, if it may be left out of its series.
 */
export function readOrLeaveOutAlone(
  instance: InstanceHeader,
): SingleImageHeader | { readonly what: string; readonly error: PromptsegError } {
  try {
    return readSingleImageHeader(instance);
  } catch (error) {
    const what = error instanceof PromptsegError ? whatIsLeftOutAlone(instance, error) : undefined;
    if (what === undefined) throw error;
    return { what, error: error as PromptsegError };
  }
}

/** The images by Instance Number, then by UID, so that ids do not depend on the order of arrival; each with its id. */
export function choosable<Image extends SingleImageHeader>(images: readonly Image[]): ChoosableImage<Image>[] {
  const taken = new Map<string, number>();
  const byUID = (one: Image, other: Image) => (one.sopInstanceUID < other.sopInstanceUID ? -1 : 1);
  const numberOf = ({ instanceNumber = Number.MAX_SAFE_INTEGER }: Image) => instanceNumber;
  return [...images]
    .sort((one, other) => numberOf(one) - numberOf(other) || byUID(one, other))
    .map((image) => {
      const { instanceNumber, view, columns, rows } = image;
      const plain = instanceNumber === undefined ? 'image' : `image-${instanceNumber}`;
      const times = (taken.get(plain) ?? 0) + 1;
      taken.set(plain, times);
      const which = [`image${instanceNumber === undefined ? '' : ` ${instanceNumber}`}`, view && ` (${view})`];
      return {
        id: times === 1 ? plain : `${plain}-${times}`,
        description: `${which.join('')}, ${columns} × ${rows} pixels`,
        images: [image],
      };
    });
}
