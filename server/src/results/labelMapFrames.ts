import { encodeRle } from '../dicom/encodeRle.js';
import { rleLossless } from '../dicom/transferSyntaxes.js';
import { PromptsegError } from '../platform/errors.js';
import type { SourceGrid } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { encodeEncapsulatedPixelData } from './encodeElements.js';
import { framesWithContent } from './packFrames.js';
import type { SegmentationFrames, SegmentOfInput } from './storedFrames.js';

/**
 * Frames of Segmentation Type LABELMAP (PS3.3 section C.8.20.2.3): one per slice that any segment touches; a pixel is
 * the number of its segment, and 0 is the background. 8 bits up to 255 segments, else 16; RLE Lossless.
 *
 * Overlapping segments are refused, neither flattened nor spread over several objects: readers would have to find and
 * join these, and a BINARY object holds all segments.
 *
 * @throws PromptsegError `segments-overlap` naming two that do; `result-not-encodable` for more than 65535 segments
 */
export function labelMapFrames(segments: readonly SegmentOfInput<SourceGrid>[]): SegmentationFrames {
  if (segments.length > 0xffff)
    throw new PromptsegError('result-not-encodable', 'A label map cannot hold more than 65535 segments.');
  const masks = segments.map(({ mask }) => mask);
  const [columns, rows] = masks[0]?.grid.size ?? [0, 0];
  const Labels = segments.length > 0xff ? Uint16Array : Uint8Array;
  const bits = 8 * Labels.BYTES_PER_ELEMENT;
  const words = masks.map(wordsOf);
  const labels = new Labels(columns * rows);
  const onSlice = masksBySlice(masks);
  const encoded = onSlice.map(({ slice, maskIndices }) => {
    labels.fill(0);
    for (const index of maskIndices) {
      const other = paint(words[index]!, slice, index + 1, labels);
      if (other !== 0) throw overlapOf(segments[other - 1]!, segments[index]!);
    }
    return encodeRle(labels, columns);
  });
  return {
    frames: onSlice.map(({ slice }) => ({ slice })),
    pixelDescription: {
      BitsAllocated: bits,
      BitsStored: bits,
      HighBit: bits - 1,
      PixelPaddingValue: 0, // names the segment that is the background
      _vrMap: { PixelPaddingValue: 'US' }, // dcmjs' dictionary knows it as "US or SS" and would warn on the console
      SegmentationType: 'LABELMAP',
      SegmentsOverlap: 'NO',
    },
    transferSyntaxUID: rleLossless,
    pixelDataElement: encodeEncapsulatedPixelData(encoded),
  };
}

/** The slices that any mask touches, ascending, with the indices of those masks. */
function masksBySlice(
  masks: readonly Mask<SourceGrid>[],
): readonly { slice: number; maskIndices: readonly number[] }[] {
  const bySlice = new Map<number, number[]>();
  for (const { mask, slice } of framesWithContent(masks)) {
    const maskIndices = bySlice.get(slice) ?? [];
    bySlice.set(slice, maskIndices);
    maskIndices.push(mask);
  }
  return [...bySlice].sort(([a], [b]) => a - b).map(([slice, maskIndices]) => ({ slice, maskIndices }));
}

/** The mask's bits in words of 32. Copied only if they are not aligned. */
function wordsOf({ bits }: Mask<SourceGrid>): Uint32Array {
  if (bits.length % 4 === 0 && bits.byteOffset % 4 === 0)
    return new Uint32Array(bits.buffer, bits.byteOffset, bits.length / 4);
  const padded = new Uint8Array(4 * Math.ceil(bits.length / 4));
  padded.set(bits);
  return new Uint32Array(padded.buffer);
}

/**
 * Writes the label to a mask's pixels on one slice, run by run.
 * @returns the label of a pixel that already had one, else 0
 */
function paint(words: Uint32Array, slice: number, label: number, labels: Uint8Array | Uint16Array): number {
  const first = slice * labels.length;
  const end = Math.ceil((first + labels.length) / 32);
  for (let word = Math.floor(first / 32); word < end; word++) {
    if (word + 8 <= end && areZero(words, word)) {
      word += 7;
      continue;
    }
    const origin = word * 32 - first;
    let rest = words[word]! | 0;
    if (origin < 0) rest &= -1 << -origin; // without the slice before, in the same word
    if (origin + 32 > labels.length) rest &= (1 << (labels.length - origin)) - 1; // without the one behind
    while (rest !== 0) {
      const from = trailingZeros(rest);
      const to = from + trailingZeros(~(rest >>> from));
      for (let pixel = origin + from; pixel < origin + to; pixel++) {
        if (labels[pixel] !== 0) return labels[pixel]!;
        labels[pixel] = label;
      }
      rest = to < 32 ? rest & (-1 << to) : 0;
    }
  }
  return 0;
}

/** Whether eight words are 0, as most are. */
const areZero = (words: Uint32Array, first: number): boolean =>
  (words[first]! |
    words[first + 1]! |
    words[first + 2]! |
    words[first + 3]! |
    words[first + 4]! |
    words[first + 5]! |
    words[first + 6]! |
    words[first + 7]!) ===
  0;

/** How many of the lowest bits are 0; 32 of 0. */
const trailingZeros = (word: number): number => (word === 0 ? 32 : 31 - Math.clz32(word & -word));

function overlapOf(one: SegmentOfInput<SourceGrid>, other: SegmentOfInput<SourceGrid>): PromptsegError {
  const overlapping = [one.target.name, other.target.name];
  return new PromptsegError(
    'segments-overlap',
    `A label map holds one segment per pixel, and ${overlapping.join(' and ')} overlap.`,
    { details: { overlapping } },
  );
}
