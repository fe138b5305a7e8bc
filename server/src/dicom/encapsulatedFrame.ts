import type { Element } from 'dicom-parser';
import type { DicomInstance } from './dicomInstance.js';

/**
 * The compressed bytes of one frame of encapsulated Pixel Data (PS3.5 section A.4), a view where the frame is one fragment.
 *
 * Frames are told apart by one fragment each, by the Basic Offset Table, or else by the end marker of JPEG codestreams.
 * @throws Error where the frame cannot be found
 */
export function encapsulatedFrame(instance: DicomInstance, pixelData: Element, frameIndex: number): Uint8Array {
  const file = instance.parsed.byteArray;
  const fragments = (pixelData.fragments ?? []).map(({ position, length }) =>
    file.subarray(position, position + length),
  );
  if (pixelData.fragments?.some(({ length }, index) => fragments[index]!.length !== length)) {
    throw new Error('the last fragment is truncated');
  }
  const frames = instance.numberOfFrames;
  const [first, end] =
    frames === 1
      ? [0, fragments.length]
      : fragments.length === frames
        ? [frameIndex, frameIndex + 1]
        : fragmentRange(pixelData, fragments, frames, frameIndex);
  const frame = fragments.slice(first, end);
  if (frame.length === 0) throw new Error('the frame has no fragment');
  return frame.length === 1 ? frame[0]! : Buffer.concat(frame);
}

function fragmentRange(
  pixelData: Element,
  fragments: readonly Uint8Array[],
  frames: number,
  frameIndex: number,
): [first: number, end: number] {
  const offsets = pixelData.basicOffsetTable ?? [];
  const firstFragments =
    offsets.length === frames
      ? offsets.map((offset) => pixelData.fragments!.findIndex((fragment) => fragment.offset === offset))
      : [0, ...fragments.flatMap((fragment, index) => (endsCodestream(fragment) ? [index + 1] : []))].slice(0, -1);
  if (firstFragments.length !== frames || firstFragments.includes(-1))
    throw new Error(`the fragments do not make ${frames} frames`);
  return [firstFragments[frameIndex]!, firstFragments[frameIndex + 1] ?? fragments.length];
}

/** JPEG, JPEG-LS and JPEG 2000 codestreams end with FFD9, padded to an even length. */
function endsCodestream(fragment: Uint8Array): boolean {
  const n = fragment.length;
  return (
    (fragment[n - 2] === 0xff && fragment[n - 1] === 0xd9) || (fragment[n - 3] === 0xff && fragment[n - 2] === 0xd9)
  );
}
