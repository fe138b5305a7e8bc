import { strings } from '../client/strings.js';
import type { ImagePlane, SegmentFrame, SegmentPixels } from '../panel/host.js';
import { imagePlane } from './imagePlane.js';
import { type LayerImage, layerImages } from './labelmapLayers.js';
import type { DisplaySet, ImageInstance, Managers } from './ohif.js';

/**
 * The voxels of a segmentation as they are now, edits and all.
 * @throws Error if the display set was not loaded
 */
export function readPixels(managers: Managers, displaySet: DisplaySet): SegmentPixels {
  const { displaySetService, segmentationService } = managers.servicesManager.services;
  const layers = layerImages(managers, displaySet);
  const first = layers[0]?.image;
  if (first === undefined) throw new Error(strings.show.notShown);
  const source = displaySetService.getDisplaySetByUID(displaySet.referencedDisplaySetInstanceUID ?? '');
  const instances = new Map(source?.instances?.map((instance) => [instance.SOPInstanceUID, instance]));
  const { segments = {} } = segmentationService.getSegmentation(displaySet.displaySetInstanceUID) ?? {};
  return {
    rows: first.rows,
    columns: first.columns,
    segments: Object.values(segments).map(({ segmentIndex, label }) => ({ number: segmentIndex, label })),
    frames: mergeFrames(layers.flatMap((layer) => framesOf(layer, instances))),
    planes: layers.flatMap(({ image }) => planeOf(image.referencedImageId, instances) ?? []),
  };
}

function planeOf(imageId: string, instances: ReadonlyMap<string, ImageInstance>): ImagePlane | undefined {
  const { sopInstanceUID, frameNumber } = imageOf(imageId);
  const instance = instances.get(sopInstanceUID);
  return instance && imagePlane(instance, frameNumber);
}

function framesOf(
  { image: { referencedImageId, voxelManager }, segmentOf }: LayerImage,
  instances: ReadonlyMap<string, ImageInstance>,
): SegmentFrame[] {
  const pixels = voxelManager.getScalarData();
  const bits = new Map<number, Uint8Array>();
  const bitsOf = (segmentNumber: number): Uint8Array => {
    const packed = bits.get(segmentNumber) ?? new Uint8Array(Math.ceil(pixels.length / 8));
    bits.set(segmentNumber, packed);
    return packed;
  };
  let last: { readonly label: number; readonly packed: Uint8Array } = { label: 0, packed: new Uint8Array() };
  for (const [index, label] of pixels.entries()) {
    if (label === 0) continue;
    // Neighbours belong to the same segment almost always.
    if (label !== last.label) last = { label, packed: bitsOf(segmentOf(label)) };
    last.packed[index >> 3]! |= 1 << (index & 7);
  }
  if (bits.size === 0) return [];
  const { sopInstanceUID, frameNumber } = imageOf(referencedImageId);
  const instance = instances.get(sopInstanceUID);
  const plane = planeOf(referencedImageId, instances);
  if (plane === undefined) throw new Error(strings.show.sourceUnknown);
  const isMultiFrame = Number(instance?.NumberOfFrames ?? 1) > 1;
  return [...bits].map(([segmentNumber, packed]) => ({
    segmentNumber,
    plane,
    sopInstanceUID,
    ...(isMultiFrame && { frameNumber }),
    bits: packed,
  }));
}

/** A segment that was painted in two layers becomes one frame per image. */
function mergeFrames(frames: readonly SegmentFrame[]): readonly SegmentFrame[] {
  const merged = new Map<string, SegmentFrame>();
  for (const frame of frames) {
    const key = `${frame.segmentNumber} ${frame.sopInstanceUID} ${frame.frameNumber ?? ''}`;
    const other = merged.get(key);
    if (other === undefined) merged.set(key, frame);
    else for (const [index, byte] of frame.bits.entries()) other.bits[index]! |= byte;
  }
  return [...merged.values()];
}

/**
 * The image behind an image id of OHIF's DICOMweb data source: "wadors:…/instances/1.2.3/frames/1",
 * "…objectUID=1.2.3&…".
 */
export const sopInstanceUIDOf = (imageId: string): string | undefined =>
  /(?:\/instances\/|objectUID=)([\d.]+)/.exec(imageId)?.[1];

/** Counted from 1. */
export const frameNumberOf = (imageId: string): number => Number(/\/frames\/(\d+)/.exec(imageId)?.[1] ?? 1);

function imageOf(imageId: string): { readonly sopInstanceUID: string; readonly frameNumber: number } {
  const sopInstanceUID = sopInstanceUIDOf(imageId);
  if (sopInstanceUID === undefined) throw new Error(strings.show.sourceUnknown);
  return { sopInstanceUID, frameNumber: frameNumberOf(imageId) };
}
