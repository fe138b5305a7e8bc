import { isDeepStrictEqual } from 'node:util';
import { parseInstance } from '../dicom/dicomInstance.js';
import { PromptsegError } from '../platform/errors.js';
import { compressionOf, decodeSegmentation } from './decodeSegmentation.js';
import type { ReadSegmentation } from './readSegmentation.js';

/**
 * Compares what the archive returns with what was sent. Equal bytes are equal; otherwise everything that determines
 * what the result means must be equal: identifiers, size, segments, the frames' positions and references, and every
 * pixel. An archive may rewrite the rest (file meta information, group lengths, transfer syntax and thereby
 * compression, patient attributes that it coerces).
 *
 * @param sent the Part 10 file that was stored
 * @param readBack the Part 10 file that the archive returned
 * @throws PromptsegError `store-not-verified` naming the differences
 */
export async function verifyStored(sent: Uint8Array, readBack: Uint8Array): Promise<void> {
  if (Buffer.compare(sent, readBack) === 0) return;
  const expected = await decodeSegmentation(sent, { withLoss: true });
  const found = await readBackSegmentation(readBack);
  const differing = [
    ...comparedAttributes.filter((name) => !isDeepStrictEqual(expected[name], found[name])),
    ...(equalPixels(expected, found) ? [] : ['pixels']),
  ];
  if (differing.length === 0) return;
  const [before, after] = [sent, readBack].map((part10) => compressionOf(parseInstance(part10)));
  const recompressed = differing.includes('pixels') && before !== after;
  const why = recompressed
    ? `: it wrote it as ${after} (it was sent as ${before}). Have it keep segmentations as they are sent`
    : '';
  throw new PromptsegError(
    'store-not-verified',
    `The archive gives the result back with other ${differing.join(', ')}${why}.`,
    { details: { differing } },
  );
}

const comparedAttributes = [
  'sopClassUID',
  'sopInstanceUID',
  'studyInstanceUID',
  'seriesInstanceUID',
  'frameOfReferenceUID',
  'rows',
  'columns',
  'totalPixelMatrix',
  'segments',
  'frames',
  'referencedSeries',
] as const satisfies readonly (keyof ReadSegmentation)[];

async function readBackSegmentation(readBack: Uint8Array): Promise<ReadSegmentation> {
  try {
    return await decodeSegmentation(readBack, { withLoss: true });
  } catch (cause) {
    const why = cause instanceof PromptsegError && cause.code === 'segmentation-unreadable' ? ` ${cause.message}` : '';
    throw new PromptsegError(
      'store-not-verified',
      `The archive gives the result back as something that cannot be read.${why}`,
      { cause },
    );
  }
}

function equalPixels({ pixels: expected, ...object }: ReadSegmentation, { pixels: found }: ReadSegmentation): boolean {
  if (expected.type === 'BINARY' && found.type === 'BINARY')
    return equalBits(expected.bits, found.bits, object.frames.length * object.rows * object.columns);
  return isDeepStrictEqual(expected, found);
}

/** Padding after the last frame does not count. */
function equalBits(expected: Uint8Array, found: Uint8Array, count: number): boolean {
  const wholeBytes = Math.floor(count / 8);
  if (Buffer.compare(expected.subarray(0, wholeBytes), found.subarray(0, wholeBytes)) !== 0) return false;
  const lastBits = (1 << (count % 8)) - 1;
  return ((expected[wholeBytes] ?? 0) & lastBits) === ((found[wholeBytes] ?? 0) & lastBits);
}
