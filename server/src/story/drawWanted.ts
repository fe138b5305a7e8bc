import type { DrawnResult } from '../results/encodeResults.js';
import type { OutputPolicy } from '../results/outputPolicy.js';
import { maskVoxels } from '../results/segmentVoxels.js';
import type { SingleImage } from '../values/singleImage.js';
import { viewTarget } from '../values/viewTarget.js';
import type { Volume } from '../values/volume.js';
import type { MeasuredTarget } from './measureOutcomes.js';
import { reportedStructure } from './reportedStructure.js';
import type { FoundSegment } from './segmentSource.js';

/** What picture and report say of their result. */
interface Heading {
  readonly seriesDescription: string;
  /** Of the segmentation. */
  readonly sopInstanceUID: string;
  readonly model: { readonly id: string; readonly version: string };
  readonly createdAt: Date;
}

/**
 * Draws what a request wants stored for viewers that show no segmentation, from the masks. Equal input gives equal
 * bytes.
 * @returns undefined if nothing is wanted, and for a single image, of which `encodeResults` refuses it
 */
export async function drawWanted(
  { secondaryCapture = false, report = false }: OutputPolicy,
  source: Volume | SingleImage,
  segments: readonly FoundSegment[],
  { seriesDescription, sopInstanceUID, model, createdAt }: Heading,
): Promise<DrawnResult | undefined> {
  if ((!secondaryCapture && !report) || 'pixels' in source) return undefined;
  const inVolume = segments.filter((each): each is FoundSegment & MeasuredTarget => 'volumeMl' in each);
  const maker = `${model.id} ${model.version}`;
  const structures = inVolume.map((each) =>
    reportedStructure({ ...each, target: viewTarget(each.target), unit: source.unit }),
  );
  const drawn = {
    volume: source,
    segments: inVolume.map(({ mask }, index) => ({ ...structures[index]!, ...maskVoxels(mask) })),
  };
  // Few jobs want them, so the code that draws is loaded here.
  const { drawPixels, drawPlanes } = await import('../pictures/drawPicture.js');
  if (!report) return { picture: drawPixels({ ...drawn, maker }) };
  const { drawReport } = await import('../pictures/drawReport.js');
  const pdf = await drawReport({
    planes: drawPlanes(drawn),
    title: seriesDescription,
    structures,
    maker,
    segmentation: sopInstanceUID,
    createdAt,
  });
  return { pdf, ...(secondaryCapture && { picture: drawPixels({ ...drawn, maker }) }) };
}
