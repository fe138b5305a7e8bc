import type { DraftMask } from '../../../server/contract/drafts.js';
import { type LayerImage, layerImages } from './labelmapLayers.js';
import { runningLibraries } from './libraries.js';
import type { DisplaySet, Managers } from './ohif.js';
import { frameNumberOf, sopInstanceUIDOf } from './segmentPixels.js';

type Block = NonNullable<DraftMask['block']>;

/** Draws a block of a mask into the label maps of a segmentation, where they are. */
export interface DraftLayer {
  /** Draws the block, and all else as it was before the first one. */
  draw(block: Block | undefined): void;
}

/**
 * A segment covers its neighbours while it is drawn: a label map has one label per voxel. What was below is kept, and
 * comes back once the block no longer covers it.
 */
export function draftLayer(managers: Managers, displaySet: DisplaySet, segmentNumber: number): DraftLayer {
  const { displaySetInstanceUID } = displaySet;
  /** Labels as they were, of the images that were drawn on, by image id of the label map. */
  const before = new Map<string, Uint8Array | Uint16Array>();
  return {
    draw(block) {
      const layers = layerImages(managers, displaySet);
      for (const { image } of layers) {
        const labels = before.get(image.imageId);
        if (labels !== undefined) image.voxelManager.getScalarData().set(labels);
      }
      if (block !== undefined) {
        const homes = homesOf(layers, segmentNumber);
        for (const [slice, named] of block.images.entries()) {
          const home = homes.get(keyOf(named.sopInstanceUID, named.frameNumber ?? 1));
          if (home === undefined) continue;
          const labels = home.image.voxelManager.getScalarData();
          if (!before.has(home.image.imageId)) before.set(home.image.imageId, labels.slice());
          drawSlice(labels, home.image.columns, block, slice, home.labelOf(segmentNumber) ?? segmentNumber);
        }
      }
      runningLibraries(
        managers,
      )?.cornerstoneTools.segmentation.triggerSegmentationEvents.triggerSegmentationDataModified(displaySetInstanceUID);
    },
  };
}

/** The bits of one slice of a block. */
function drawSlice(
  labels: Uint8Array | Uint16Array,
  columnsOfImage: number,
  { first, size: [columns, rows], bits }: Block,
  slice: number,
  label: number,
): void {
  const packed = bytesOf(bits);
  for (let row = 0; row < rows; row++) {
    let at = first[0] + columnsOfImage * (first[1] + row);
    let bit = columns * (row + rows * slice);
    for (let column = 0; column < columns; column++, at++, bit++) {
      if (((packed[bit >> 3]! >> (bit & 7)) & 1) === 1) labels[at] = label;
      else if (labels[at] === label) labels[at] = 0;
    }
  }
}

let lastBits: { readonly text: string; readonly bytes: Uint8Array } | undefined;

/** Base64 of a block is read once for all its slices. */
function bytesOf(text: string): Uint8Array {
  if (lastBits?.text !== text) lastBits = { text, bytes: Uint8Array.from(atob(text), (one) => one.charCodeAt(0)) };
  return lastBits.bytes;
}

const keyOf = (sopInstanceUID: string, frameNumber: number): string => `${sopInstanceUID} ${frameNumber}`;

/** For each image, the label map that the segment is drawn in. */
function homesOf(layers: readonly LayerImage[], segmentNumber: number): ReadonlyMap<string, LayerImage> {
  const homes = new Map<string, LayerImage>();
  for (const layer of layers) {
    const { referencedImageId, voxelManager } = layer.image;
    const label = layer.labelOf(segmentNumber);
    const sopInstanceUID = sopInstanceUIDOf(referencedImageId);
    if (label === undefined || sopInstanceUID === undefined) continue;
    const key = keyOf(sopInstanceUID, frameNumberOf(referencedImageId));
    // Cornerstone before 5.0 has groups of label maps without a note of which segment is in which.
    if (!homes.has(key) || voxelManager.getScalarData().includes(label)) homes.set(key, layer);
  }
  return homes;
}
