import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { SourceImage } from '../values/volume.js';

/**
 * Items of a Referenced Image Sequence (Image SOP Instance Reference macro, PS3.3 section 10.3): each instance once,
 * with the numbers of the frames if it has several.
 */
export function imageReferences(images: readonly SourceImage[]): NaturalizedDataset[] {
  const frames = new Map<string, { readonly sopClassUID: string; readonly numbers: number[] }>();
  for (const { sopInstanceUID, sopClassUID, frameNumber } of images) {
    const numbers = frames.get(sopInstanceUID)?.numbers ?? [];
    if (frameNumber !== undefined) numbers.push(frameNumber);
    frames.set(sopInstanceUID, { sopClassUID, numbers });
  }
  return [...frames].map(([sopInstanceUID, { sopClassUID, numbers }]) => ({
    ReferencedSOPClassUID: sopClassUID,
    ReferencedSOPInstanceUID: sopInstanceUID,
    ...(numbers.length > 0 && { ReferencedFrameNumber: numbers }),
  }));
}
