import type { DraftMask } from '../../../server/contract/drafts.js';
import { type LayerImage, layerImages } from './labelmapLayers.js';
import { runningLibraries } from './libraries.js';
import type { DisplaySet, LabelmapImage, Managers } from './ohif.js';
import { frameNumberOf, sopInstanceUIDOf } from './segmentPixels.js';

type Block = NonNullable<DraftMask['block']>;

/** Draws a block of a mask into the label maps of a segmentation, where they are. */
export interface DraftLayer {
  /** Draws the block, and all else as it was before the first one. */
  draw(block: Block | undefined): void;
}

/** A segmentation that is in the viewer. */
type Drawn = Pick<DisplaySet, 'displaySetInstanceUID' | 'labelMapImages'>;

/**
 * A segment covers its neighbours while it is drawn: a label map has one label per voxel. What was below is kept, and
 * comes back once the block no longer covers it.
 */
export function draftLayer(managers: Managers, displaySet: Drawn, segmentNumber: number): DraftLayer {
  const { displaySetInstanceUID } = displaySet;
  const paint = draftPainter();
  return {
    draw(block) {
      const layers = layerImages(managers, displaySet);
      const homes = block === undefined ? undefined : homesOf(layers, segmentNumber);
      paint(
        layers.map(({ image }) => image),
        block,
        (image) => {
          const home = homes?.get(keyOf(image.sopInstanceUID, image.frameNumber ?? 1));
          return home && { image: home.image, label: home.labelOf(segmentNumber) ?? segmentNumber };
        },
      );
      runningLibraries(
        managers,
      )?.cornerstoneTools.segmentation.triggerSegmentationEvents.triggerSegmentationDataModified(displaySetInstanceUID);
    },
  };
}

type PaintedImage = Pick<LabelmapImage, 'imageId' | 'columns' | 'voxelManager'>;

/** The label map on an image, and the label that a segment has there; undefined where there is none. */
type HomeOf = (image: Block['images'][number]) => { readonly image: PaintedImage; readonly label: number } | undefined;

/** Paints blocks into label maps, each over what was there before the first one. */
export function draftPainter(): (all: readonly PaintedImage[], block: Block | undefined, homeOf: HomeOf) => void {
  /** Labels as they were, of the images that were drawn on, by image id of the label map. */
  const before = new Map<string, ArrayLike<number>>();
  return (all, block, homeOf) => {
    for (const { imageId, voxelManager } of all) {
      const labels = before.get(imageId);
      if (labels !== undefined) voxelManager.getScalarData().set(labels);
    }
    for (const [slice, named] of (block?.images ?? []).entries()) {
      const home = homeOf(named);
      if (block === undefined || home === undefined) continue;
      const { imageId, columns, voxelManager } = home.image;
      const labels = voxelManager.getScalarData();
      if (!before.has(imageId)) before.set(imageId, labels.slice());
      drawSlice(labels, columns, block, slice, home.label);
    }
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
