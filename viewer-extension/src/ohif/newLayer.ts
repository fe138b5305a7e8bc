import { runningLibraries } from './libraries.js';
import type { DisplaySet, LabelmapImage, Managers } from './ohif.js';
import { viewportIds } from './showSegmentation.js';

/** What is drawn in a segmentation that only the viewer has. */
interface NewSegmentLook {
  readonly label: string;
  /** Red, green, blue: 0–255. */
  readonly colour: readonly [number, number, number];
}

/** An empty segmentation with one segment on the images of a display set. */
export interface NewLayer {
  /** As a display set of OHIF has them. */
  readonly labelMaps: Required<Pick<DisplaySet, 'displaySetInstanceUID' | 'labelMapImages'>>;
  /** Puts it into every view of the images that has it not: the reader may have changed the layout. */
  show(): Promise<void>;
  /** Takes it out of the viewer and out of memory. */
  remove(): void;
}

const type = 'Labelmap';
export const newSegmentNumber = 1;

export async function newLayer(managers: Managers, images: DisplaySet, look: NewSegmentLook): Promise<NewLayer> {
  const { services } = managers.servicesManager;
  const { segmentationService } = services;
  const cache = runningLibraries(managers)?.cornerstone.cache;
  const segmentationId = await segmentationService.createLabelmapForDisplaySet(images, {
    label: look.label,
    segments: { [newSegmentNumber]: { label: look.label, active: true } },
  });
  const { imageIds = [] } = segmentationService.getSegmentation(segmentationId)?.representationData.Labelmap ?? {};
  const labelMapImages = imageIds.flatMap(
    (imageId): LabelmapImage | readonly LabelmapImage[] => cache?.getImage(imageId) ?? [],
  );
  const isShownIn = (viewportId: string) =>
    segmentationService.getSegmentationRepresentations(viewportId, { segmentationId }).length > 0;
  /** Views whose colour is set; OHIF puts it into some, in a colour of its own. */
  const coloured = new Set<string>();
  let isRemoved = false;
  return {
    labelMaps: { displaySetInstanceUID: segmentationId, labelMapImages: [labelMapImages] },
    async show() {
      for (const id of viewportIds(services)) {
        const { type: kind } = services.cornerstoneViewportService.getCornerstoneViewport(id) ?? {};
        const isOfImages = services.viewportGridService
          .getDisplaySetsUIDsForViewport(id)
          ?.includes(images.displaySetInstanceUID);
        if (isRemoved) return;
        if (kind === undefined || kind === 'volume3d' || !isOfImages) continue;
        if (!isShownIn(id)) {
          coloured.delete(id);
          await segmentationService.addSegmentationRepresentation(id, { segmentationId, type });
        }
        if (isRemoved || coloured.has(id)) continue;
        coloured.add(id);
        segmentationService.setSegmentColor(id, segmentationId, newSegmentNumber, [...look.colour, 255]);
      }
    },
    remove() {
      isRemoved = true;
      segmentationService.remove(segmentationId);
      // OHIF 3.13 also lists it with the study.
      const { displaySetService } = services;
      if (displaySetService.getDisplaySetByUID(segmentationId) !== undefined)
        displaySetService.deleteDisplaySet(segmentationId);
      for (const imageId of imageIds) cache?.removeImageLoadObject(imageId, { force: true });
    },
  };
}
