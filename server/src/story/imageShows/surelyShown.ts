import type { BodyRegion } from '#contract/bodyRegions.js';
import type { FieldOfView } from '../../segmenter/fieldOfView/openFieldOfView.js';
import type { Volume } from '../../values/volume.js';
import { onEvenGrid } from '../../volume/onEvenGrid.js';
import { bodyWithConfidence, shownRegions } from './describeShown.js';
import { credible, modalitySeen } from './modalitySeen.js';
import { bodyRegionsOf } from './placeOfTarget.js';

/** What helps to choose a model for a volume; what is not certain is left out. */
export interface SurelyShown {
  /** From head to feet, such as "chest"; empty if it is not certain what the volume shows. */
  readonly names: readonly string[];
  /**
   * The same as regions that models are made for. Never limbs: an arm can be at any height, so that its place rules no
   * model in or out.
   */
  readonly regions: readonly BodyRegion[];
  /** The modality of the images' kind (SOP class), if the voxels look like it. */
  readonly modality?: string;
}

/** @throws PromptsegError `cancelled`, `image-too-large`, `model-package-corrupt` */
export async function surelyShown(volume: Volume, fieldOfView: FieldOfView, signal: AbortSignal): Promise<SurelyShown> {
  const {
    seen,
    network: { manifest },
  } = await fieldOfView.look(onEvenGrid(volume), signal);
  const body = bodyWithConfidence(credible(seen, manifest, volume.modality), manifest);
  const names = body === undefined ? [] : shownRegions(body, manifest).map(({ name }) => name);
  const looksLikeIt = modalitySeen(seen).modality === volume.modality;
  return { names, regions: bodyRegionsOf(names), ...(looksLikeIt && { modality: volume.modality }) };
}
