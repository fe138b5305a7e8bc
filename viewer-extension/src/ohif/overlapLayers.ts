import type { DisplaySet, LabelmapData, Services } from './ohif.js';

/**
 * Keeps overlapping segments apart. OHIF 3.13 reads an overlapping SEG into groups of label maps without
 * overlap, but then hands all of them to Cornerstone as one: right in stack viewports, while volume viewports (MPR)
 * merge them, one segment per voxel. Cornerstone itself can draw a layer per group, and paints and exports per layer;
 * OHIF registers the groups so for its new viewports only (`NextSegmentationBackend`). Here it is done for all.
 *
 * To be called after the segmentation was loaded and before it is drawn.
 */
export function separateOverlaps({ segmentationService }: Services, displaySet: DisplaySet): void {
  const groups = displaySet.labelMapImages ?? [];
  const id = displaySet.displaySetInstanceUID;
  const labelmap = segmentationService.getSegmentation(id)?.representationData.Labelmap;
  if (!isOverlapping(displaySet) || !supportsLayers(labelmap) || Object.keys(labelmap.labelmaps).length > 1) return;
  const layers = groups.map((images, index) => ({
    labelmapId: `${id}-storage-${index}`,
    storageKind: 'stack' as const,
    imageIds: images.map(({ imageId }) => imageId),
    ...(labelmap.referencedImageIds && { referencedImageIds: labelmap.referencedImageIds }),
  }));
  labelmap.labelmaps = Object.fromEntries(layers.map((layer) => [layer.labelmapId, layer]));
  labelmap.primaryLabelmapId = layers[0]!.labelmapId;
  labelmap.segmentBindings = Object.fromEntries(
    groups.flatMap((images, index) =>
      [...labelsIn(images)].map((label) => [label, { labelmapId: layers[index]!.labelmapId, labelValue: label }]),
    ),
  );
}

/** Whether a view of this layout cannot show all segments of an overlapping segmentation. */
export function losesOverlap(services: Services, displaySet: DisplaySet, viewportIds: readonly string[]): boolean {
  if (!isOverlapping(displaySet)) return false;
  const types = viewportIds.map((id) => services.cornerstoneViewportService.getCornerstoneViewport(id)?.type);
  // A surface per segment is made from one label map.
  if (types.includes('volume3d')) return true;
  const segmentation = services.segmentationService.getSegmentation(displaySet.displaySetInstanceUID);
  const layers = Object.keys(segmentation?.representationData.Labelmap?.labelmaps ?? {}).length;
  return types.includes('orthographic') && layers < 2;
}

function isOverlapping({ overlappingSegments, labelMapImages = [] }: DisplaySet): boolean {
  return overlappingSegments === true && labelMapImages.length > 1;
}

/** Cornerstone before 5.0 (OHIF 3.12) knows no layers. */
function supportsLayers(
  labelmap: LabelmapData | undefined,
): labelmap is LabelmapData & Required<Pick<LabelmapData, 'labelmaps'>> {
  return labelmap?.labelmaps !== undefined;
}

function labelsIn(images: NonNullable<DisplaySet['labelMapImages']>[number]): ReadonlySet<number> {
  const labels = new Set<number>();
  for (const { voxelManager } of images) for (const label of voxelManager.getScalarData()) labels.add(label);
  labels.delete(0);
  return labels;
}
