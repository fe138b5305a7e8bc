import { isCodedWithoutLoss } from '../dicom/codestreamHeader.js';
import { compressedFrame } from '../dicom/decodeCodestream.js';
import { decodeFrame } from '../dicom/decodeFrame.js';
import { type DicomInstance, parseInstance } from '../dicom/dicomInstance.js';
import { transferSyntaxes } from '../dicom/transferSyntaxes.js';
import { PromptsegError } from '../platform/errors.js';
import { requirePixelDataFits } from './pixelDataLimit.js';
import { type ReadSegmentation, readableTransferSyntaxes, readSegmentation } from './readSegmentation.js';
import { unreadable } from './segmentationPixels.js';

/** The compression of an object's pixels, by its name in the standard. */
export const compressionOf = ({ transferSyntaxUID }: DicomInstance): string =>
  transferSyntaxes.get(transferSyntaxUID)?.name ?? transferSyntaxUID;

/**
 * Reads a segmentation object like {@link readSegmentation}; also decodes label maps, fractions and byte-per-pixel
 * BINARY in every compression that is supported for images.
 * @param options `withLoss`: accepts lossy compression, for comparing with what was sent. Otherwise lossy objects are
 * refused, because a segment number that is off by one is another segment
 * @throws PromptsegError as {@link readSegmentation}; `result-not-encodable` for absurdly many pixels
 */
export async function decodeSegmentation(
  part10: Uint8Array,
  { withLoss = false }: { readonly withLoss?: boolean } = {},
): Promise<ReadSegmentation> {
  const instance = parseInstance(part10);
  const encoding = transferSyntaxes.get(instance.transferSyntaxUID)?.pixelEncoding;
  const isReadable = readableTransferSyntaxes.includes(instance.transferSyntaxUID);
  if (isReadable || encoding === undefined || encoding === 'undecodable') return readSegmentation(part10);
  const { rows, columns, numberOfFrames, bitsAllocated } = instance;
  if (bitsAllocated !== 8 && bitsAllocated !== 16)
    throw unreadable('The segmentation has pixels of a size that its compression does not have.', { bitsAllocated });
  requirePixelDataFits((numberOfFrames * rows * columns * bitsAllocated) / 8);
  try {
    // Some archives keep losslessly compressed data under the transfer syntax that allows for loss.
    if (!withLoss && encoding !== 'native' && !isCodedWithoutLoss(compressedFrame(instance, 0)))
      throw unreadable(`The segmentation is compressed with loss (${compressionOf(instance)}).`);
    const pixels = new Uint8Array((numberOfFrames * rows * columns * bitsAllocated) / 8);
    for (let frame = 0; frame < numberOfFrames; frame++) {
      const { buffer, byteOffset, byteLength } = await decodeFrame(instance, frame);
      pixels.set(new Uint8Array(buffer, byteOffset, byteLength), frame * byteLength);
    }
    return readSegmentation(part10, pixels);
  } catch (cause) {
    if (cause instanceof PromptsegError && cause.code === 'segmentation-unreadable') throw cause;
    const message = `The compressed pixels of the segmentation (${compressionOf(instance)}) are damaged.`;
    throw new PromptsegError('segmentation-unreadable', message, { cause });
  }
}
