import type { Element } from 'dicom-parser';
import { PromptsegError } from '../platform/errors.js';
import type { DicomInstance } from './dicomInstance.js';
import { type PixelEncoding, transferSyntaxes } from './transferSyntaxes.js';

export type DecodableEncoding = Exclude<PixelEncoding, 'undecodable'>;

/** @throws PromptsegError `transfer-syntax-unsupported` */
export function pixelEncoding(instance: DicomInstance): DecodableEncoding {
  const encoding = transferSyntaxes.get(instance.transferSyntaxUID)?.pixelEncoding ?? 'undecodable';
  if (encoding === 'undecodable') throw unsupportedTransferSyntax(instance);
  return encoding;
}

export function unsupportedTransferSyntax(instance: DicomInstance, restriction = ''): PromptsegError {
  const uid = instance.transferSyntaxUID;
  const name = transferSyntaxes.get(uid)?.name ?? 'unknown transfer syntax';
  return new PromptsegError(
    'transfer-syntax-unsupported',
    `Images in ${name} (${uid})${restriction} cannot be decoded.`,
    {
      details: detailsOf(instance, { transferSyntaxName: name }),
    },
  );
}

export function unsupportedPixels(instance: DicomInstance, what: string): PromptsegError {
  return new PromptsegError('pixel-format-unsupported', `An image has ${what} pixels, which are not supported.`, {
    details: detailsOf(instance, {}),
  });
}

/**
 * Checks the description of a frame, then decodes it.
 * @throws PromptsegError `instance-unreadable` if the description contradicts itself or `decode` throws anything else
 */
export async function decodeSound<Decoded>(
  instance: DicomInstance,
  frameIndex: number,
  decode: () => Decoded | Promise<Decoded>,
): Promise<Decoded> {
  try {
    requireSoundFormat(instance, frameIndex);
    return await decode();
  } catch (error) {
    if (error instanceof PromptsegError) throw error;
    throw new PromptsegError('instance-unreadable', 'The pixel data of an image are missing, truncated or damaged.', {
      cause: error,
      details: detailsOf(instance, { frame: frameIndex + 1 }),
    });
  }
}

/** @throws Error if the description of the pixels contradicts itself */
function requireSoundFormat(instance: DicomInstance, frameIndex: number): void {
  const { rows, columns, bitsAllocated, bitsStored, highBit, numberOfFrames } = instance;
  if (rows < 1 || columns < 1) throw new Error('the image has no rows or no columns');
  if (bitsStored < 1 || highBit < bitsStored - 1 || highBit >= bitsAllocated)
    throw new Error('more bits stored than allocated');
  if (frameIndex < 0 || frameIndex >= numberOfFrames) throw new RangeError(`no frame of index ${frameIndex}`);
}

/** @throws Error if there is none */
export function pixelData(instance: DicomInstance): Element {
  const element = instance.element('x7fe00010');
  if (element === undefined) throw new Error('no pixel data');
  return element;
}

function detailsOf(
  instance: DicomInstance,
  more: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return { sopInstanceUID: instance.sopInstanceUID, transferSyntaxUID: instance.transferSyntaxUID, ...more };
}
