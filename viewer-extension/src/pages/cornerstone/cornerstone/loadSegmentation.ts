import { adaptersSEG } from '@cornerstonejs/adapters';
import * as core from '@cornerstonejs/core';
import extractMultipart from '@cornerstonejs/dicom-image-loader/wadors/extractMultipart';
import * as tools from '@cornerstonejs/tools';
import { parseDicom } from 'dicom-parser';
import { colourOfCIELabValue } from '../../../../../server/contract/colour.js';
import { strings } from '../../../client/strings.js';
import { ApiError } from '../../../client/trouble.js';
import type { ResultToShow } from '../../../panel/host.js';

/** An image of a label map: one label, which is the Segment Number, per pixel. */
export interface LabelmapImage {
  readonly imageId: string;
  readonly referencedImageId: string;
  readonly rows: number;
  readonly columns: number;
  readonly voxelManager: { getScalarData(): Uint8Array | Uint16Array };
}

/** A segmentation that Cornerstone holds; its id there is its Series Instance UID. */
export interface LoadedSegmentation {
  readonly seriesInstanceUID: string;
  /** The images that it was drawn on. */
  readonly sourceSeriesInstanceUID: string;
  readonly segments: readonly { readonly number: number; readonly label: string }[];
  /** Label maps whose segments do not overlap; each covers all images of the source. */
  readonly layers: readonly (readonly LabelmapImage[])[];
  /** Red, green, blue, alpha (0–255) by Segment Number. */
  readonly colours: readonly core.Types.Color[];
}

/** Of a segment that names no colour. */
const red = [255, 0, 0] as const;

const labelmapStorage = '1.2.840.10008.5.1.4.1.1.66.7';

/**
 * A stored segmentation and the series that it was drawn on.
 * @throws ApiError if the archive refuses; Error if the segmentation names no source
 */
export async function fetchSegmentation({
  studyInstanceUID,
  seriesInstanceUID,
}: ResultToShow): Promise<{ readonly part10: ArrayBuffer; readonly sourceSeriesInstanceUID: string }> {
  const response = await fetch(`/dicom-web/studies/${studyInstanceUID}/series/${seriesInstanceUID}`, {
    headers: { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
  });
  if (!response.ok) throw new ApiError(response.status);
  const { pixelData } = extractMultipart(
    response.headers.get('Content-Type') ?? '',
    new Uint8Array(await response.arrayBuffer()),
  );
  const part10 = new Uint8Array(pixelData as Uint8Array);
  // Up to Segment Sequence: the frames' functional groups need not be read for this.
  const head = parseDicom(part10, { untilTag: 'x00620002' });
  const source = head.elements.x00081115?.items?.[0]?.dataSet?.string('x0020000e');
  if (source === undefined) throw new Error(strings.show.sourceUnknown);
  return { part10: part10.buffer, sourceSeriesInstanceUID: source };
}

/**
 * Reads a DICOM SEG (BINARY or LABELMAP) by Cornerstone's adapter, and hands it to Cornerstone as one layer per group
 * of segments that do not overlap: volume viewports would merge them otherwise, one segment per voxel.
 *
 * @param imageIds of the source series, in spatial order
 * @throws Error if the adapter does not support it: FRACTIONAL with real fractions, planes that are not the source's
 */
export async function addSegmentation(
  seriesInstanceUID: string,
  part10: ArrayBuffer,
  source: { readonly seriesInstanceUID: string; readonly imageIds: readonly string[] },
): Promise<LoadedSegmentation> {
  const sopClassUID = parseDicom(new Uint8Array(part10), { untilTag: 'x00080018' }).string('x00080016');
  const read = await adaptersSEG.Cornerstone3D.Segmentation.createLabelmapsFromDICOMBuffer(
    source.imageIds,
    part10,
    core.metaData,
    {
      segImageId: `promptseg:${seriesInstanceUID}`,
      parserType: sopClassUID === labelmapStorage ? 'labelmap' : 'bitmap',
    },
  );
  const layers = read.labelMapImages as readonly (readonly LabelmapImage[])[];
  const segments = (read.segMetadata.data as readonly (SegmentItem | undefined)[]).flatMap((item) =>
    item === undefined || Number(item.SegmentNumber) === 0
      ? []
      : [{ number: Number(item.SegmentNumber), label: item.SegmentLabel, cieLab: item.RecommendedDisplayCIELabValue }],
  );
  const colours: core.Types.Color[] = [[0, 0, 0, 0]];
  for (const { number, cieLab } of segments) colours[number] = [...(colourOfCIELabValue(cieLab ?? []) ?? red), 255];
  registerLayers(seriesInstanceUID, layers, segments, source.imageIds);
  return { seriesInstanceUID, sourceSeriesInstanceUID: source.seriesInstanceUID, segments, layers, colours };
}

/**
 * An empty segmentation with one segment, which is in no archive.
 * @param segmentationId unique in Cornerstone
 */
export function addNewSegmentation(
  segmentationId: string,
  source: { readonly seriesInstanceUID: string; readonly imageIds: readonly string[] },
  label: string,
  colour: readonly [number, number, number],
): LoadedSegmentation {
  const images: readonly LabelmapImage[] = core.imageLoader
    .createAndCacheDerivedLabelmapImages([...source.imageIds])
    .map((image) => image as unknown as LabelmapImage);
  const segments = [{ number: 1, label }];
  registerLayers(segmentationId, [images], segments, source.imageIds, () => new Set([1]));
  return {
    seriesInstanceUID: segmentationId,
    sourceSeriesInstanceUID: source.seriesInstanceUID,
    segments,
    layers: [images],
    colours: [
      [0, 0, 0, 0],
      [...colour, 255],
    ],
  };
}

interface SegmentItem {
  readonly SegmentNumber: number | string;
  readonly SegmentLabel: string;
  readonly RecommendedDisplayCIELabValue?: readonly number[];
}

function registerLayers(
  segmentationId: string,
  groups: LoadedSegmentation['layers'],
  segments: LoadedSegmentation['segments'],
  referencedImageIds: readonly string[],
  labelsOf = labelsIn,
): void {
  const layers = groups.map((images, index) => ({
    labelmapId: `${segmentationId}-layer-${index}`,
    storageKind: 'stack' as const,
    imageIds: images.map(({ imageId }) => imageId),
    referencedImageIds: [...referencedImageIds],
    labels: labelsOf(images),
  }));
  tools.segmentation.addSegmentations([
    {
      segmentationId,
      representation: {
        type: tools.Enums.SegmentationRepresentations.Labelmap,
        data: {
          imageIds: layers.flatMap(({ imageIds }) => imageIds),
          referencedImageIds: [...referencedImageIds],
          labelmaps: Object.fromEntries(layers.map(({ labels: _, ...layer }) => [layer.labelmapId, layer])),
          primaryLabelmapId: layers[0]!.labelmapId,
          segmentBindings: Object.fromEntries(
            layers.flatMap(({ labelmapId, labels }) =>
              [...labels].map((label) => [label, { labelmapId, labelValue: label }]),
            ),
          ),
        },
      },
      config: {
        segments: Object.fromEntries(
          segments.map(({ number, label }) => [number, { segmentIndex: number, label, locked: true, active: false }]),
        ),
      },
    },
  ]);
}

function labelsIn(images: readonly LabelmapImage[]): ReadonlySet<number> {
  const labels = new Set<number>();
  for (const { voxelManager } of images) {
    const pixels = voxelManager.getScalarData();
    for (let index = 0; index < pixels.length; index += 1) labels.add(pixels[index]!);
  }
  labels.delete(0);
  return labels;
}
