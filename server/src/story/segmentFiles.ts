import { randomUUID } from 'node:crypto';
import { uidFromName, uidFromUuid } from '../dicom/uid.js';
import { createFileArchive } from '../pacs/fileArchive.js';
import type { SeriesOfFiles } from '../pacs/scanFolder.js';
import { bitsOfSegment } from '../results/bitsOfSegment.js';
import type { Mask } from '../values/mask.js';
import { isSingleImage } from '../values/singleImage.js';
import type { Volume } from '../values/volume.js';
import { type NiftiHeader, readNifti } from '../volume/readNifti.js';
import { type NiftiModality, volumeOfNifti } from '../volume/volumeOfNifti.js';
import { readResult } from './readResult.js';
import type { LastSource } from './retrieveSource.js';
import { type SegmentByTextRequest, type SegmentByTextResult, segmentByText } from './segmentByText.js';
import { type SegmentSourceSurroundings, segmentSource } from './segmentSource.js';

/** Images in files, not in an archive. */
export type ImageFiles =
  | { readonly kind: 'nifti'; readonly path: string; readonly modality: NiftiModality }
  | { readonly kind: 'dicom'; readonly series: SeriesOfFiles };

export interface SegmentFilesRequest
  extends Pick<SegmentByTextRequest, 'understood' | 'output' | 'createdAt' | 'anyway'> {
  readonly images: ImageFiles;
  readonly stack?: string | undefined;
  readonly recognize?: { readonly withinSeconds: number } | undefined;
  /** The folder for the DICOM objects. */
  readonly folder: string;
}

export interface SegmentedFiles {
  readonly outcome: SegmentByTextResult;
  /** File names of the DICOM objects in the folder, the segmentation first; empty for a NIfTI file. */
  readonly dicom: readonly string[];
  /** The volume, and a mask per found target by segment number; absent for a single image. */
  readonly inVolume?: {
    readonly volume: Volume;
    readonly masks: ReadonlyMap<number, Mask>;
    readonly header?: NiftiHeader;
  };
}

/**
 * The product's story for images in files. DICOM runs through {@link segmentByText} with the files as the archive, so
 * the segmentation equals the one that a server would store, and the masks are read back from it. A NIfTI file has no
 * study to store anything in: its masks come straight from the model.
 *
 * @throws PromptsegError of {@link segmentByText}, {@link readNifti} and `readResult`
 */
export async function segmentFiles(
  { images, folder, ...request }: SegmentFilesRequest,
  surroundings: SegmentSourceSurroundings,
): Promise<SegmentedFiles> {
  if (images.kind === 'nifti') {
    surroundings.onStage('retrieving');
    const { header, ...nifti } = await readNifti(images.path);
    const volume = volumeOfNifti(nifti, images.modality);
    const { outcome, segments } = await segmentSource(request, volume, [], surroundings);
    const masks = new Map(segments.map(({ segmentNumber, mask }) => [segmentNumber, mask as Mask]));
    return { outcome, dicom: [], inVolume: { volume, masks, header } };
  }

  const archive = createFileArchive(images.series, folder);
  const lastSource: LastSource = {};
  const { studyInstanceUID, seriesInstanceUID } = images.series.summary;
  const id = randomUUID();
  const outcome = await segmentByText(
    {
      ...request,
      studyInstanceUID,
      seriesInstanceUID,
      recognize: request.recognize && { ...request.recognize, store: true },
      result: { seriesInstanceUID: uidFromName(id, 'series'), sopInstanceUID: uidFromUuid(id) },
    },
    { ...surroundings, archive, lastSource, mayStore: async () => {} },
  );
  const dicom = archive.stored.map(({ name }) => name);
  const { stored } = outcome;
  const source = lastSource.kept?.source;
  if (stored === undefined || source === undefined || isSingleImage(source)) return { outcome, dicom };
  const reference = { studyInstanceUID, seriesInstanceUID, stack: request.stack, segmentation: stored };
  const { volume, segmentation } = await readResult(archive, reference, lastSource, surroundings.signal);
  const masks = new Map(
    segmentation.segments.map(({ number }) => [number, bitsOfSegment(segmentation, number, volume.grid)]),
  );
  return { outcome, dicom, inVolume: { volume, masks } };
}
