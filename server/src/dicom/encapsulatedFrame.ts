import type { Element, Fragment } from 'dicom-parser';
import type { DicomInstance } from './dicomInstance.js';

/** For each frame the indices of its fragments, `end` excluded. */
type FragmentRanges = readonly (readonly [first: number, end: number])[];

/** Cached for each Pixel Data element: frames are read one at a time, and there may be thousands. */
const knownRanges = new WeakMap<Element, FragmentRanges>();

/**
 * The compressed bytes of one frame of encapsulated Pixel Data (PS3.5 section A.4): a view if it is one fragment.
 *
 * Frames have one fragment each, or are separated by the Basic Offset Table or by the end marker of JPEG codestreams.
 * @throws Error if the frame cannot be found
 */
export function encapsulatedFrame(instance: DicomInstance, pixelData: Element, frameIndex: number): Uint8Array {
  const file = instance.parsed.byteArray;
  const ranges = knownRanges.get(pixelData) ?? fragmentRanges(file, pixelData, instance.numberOfFrames);
  knownRanges.set(pixelData, ranges);
  const [first, end] = ranges[frameIndex] ?? [0, 0];
  const fragments = (pixelData.fragments ?? []).slice(first, end).map((fragment) => bytesOf(file, fragment));
  if (fragments.length === 0) throw new Error('the frame has no fragment');
  return fragments.length === 1 ? fragments[0]! : Buffer.concat(fragments);
}

function fragmentRanges(file: Uint8Array, pixelData: Element, frames: number): FragmentRanges {
  const fragments = pixelData.fragments ?? [];
  if (frames === 1) return [[0, fragments.length]];
  if (fragments.length === frames) return fragments.map((_, index) => [index, index + 1]);
  const offsets = pixelData.basicOffsetTable ?? [];
  const starts = offsets.length === frames ? startsByOffset(fragments, offsets) : startsByMarker(file, fragments);
  if (starts.length !== frames) throw new Error(`the fragments do not make ${frames} frames`);
  return starts.map((start, index) => [start, starts[index + 1] ?? fragments.length]);
}

/** @throws Error if an offset does not belong to a fragment */
function startsByOffset(fragments: readonly Fragment[], offsets: readonly number[]): number[] {
  const indices = new Map(fragments.map(({ offset }, index) => [offset, index]));
  return offsets.map((offset) => {
    const index = indices.get(offset);
    if (index === undefined) throw new Error('an entry of the Basic Offset Table is not the offset of a fragment');
    return index;
  });
}

function startsByMarker(file: Uint8Array, fragments: readonly Fragment[]): number[] {
  const ends = fragments.flatMap((fragment, index) => (endsCodestream(bytesOf(file, fragment)) ? [index + 1] : []));
  return [0, ...ends].slice(0, -1);
}

function bytesOf(file: Uint8Array, { position, length }: Fragment): Uint8Array {
  const bytes = file.subarray(position, position + length);
  if (bytes.length !== length) throw new Error('the last fragment is truncated');
  return bytes;
}

/** JPEG, JPEG-LS and JPEG 2000 codestreams end with FFD9, padded to an even length. */
function endsCodestream(fragment: Uint8Array): boolean {
  const n = fragment.length;
  return (
    (fragment[n - 2] === 0xff && fragment[n - 1] === 0xd9) || (fragment[n - 3] === 0xff && fragment[n - 2] === 0xd9)
  );
}
