import { decodeColours } from '../dicom/decodeColours.js';
import { parseInstance } from '../dicom/dicomInstance.js';
import { PromptsegError } from '../platform/errors.js';
import { compressionOf } from './decodeSegmentation.js';
import { verifyContent } from './verifyContent.js';

/** Pixel Data and what compression changes with it: Photometric Interpretation, Planar Configuration. */
const rewritten: ReadonlySet<string> = new Set(['x7fe00010', 'x00280004', 'x00280006']);

/**
 * Compares a picture with what the archive returns, like {@link verifyContent}. An archive may also compress the
 * pixels, as long as every colour stays the same.
 *
 * @param sent the Part 10 file that was stored
 * @param readBack the Part 10 file that the archive returned
 * @throws PromptsegError `store-not-verified` naming the differences
 */
export async function verifyPicture(sent: Uint8Array, readBack: Uint8Array): Promise<void> {
  if (Buffer.compare(sent, readBack) === 0) return;
  verifyContent(sent, readBack, rewritten);
  if (Buffer.compare(await coloursOf(sent), await coloursOf(readBack)) === 0) return;
  throw new PromptsegError(
    'store-not-verified',
    `The archive gives the picture back with other pixels (${compressionOf(parseInstance(readBack))}).`,
    { details: { differing: ['pixels'] } },
  );
}

async function coloursOf(part10: Uint8Array): Promise<Uint8Array> {
  try {
    return await decodeColours(parseInstance(part10));
  } catch (cause) {
    throw new PromptsegError(
      'store-not-verified',
      'The archive gives the picture back as something that cannot be read.',
      { cause },
    );
  }
}
