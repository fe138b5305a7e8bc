import type { Caution } from '#contract/caution.js';
import type { ImageShows } from '#contract/imageShows.js';
import { PromptsegError } from '../../platform/errors.js';
import type { FieldOfView } from '../../segmenter/fieldOfView/openFieldOfView.js';
import type { ModelPackage } from '../../segmenter/packages/modelPackage.js';
import type { WithinHeights } from '../../values/heights.js';
import { isSingleImage, type SingleImage } from '../../values/singleImage.js';
import type { Target } from '../../values/target.js';
import type { Volume } from '../../values/volume.js';
import { onEvenGrid } from '../../volume/onEvenGrid.js';
import { againstAttributes } from './againstAttributes.js';
import { describeShown } from './describeShown.js';
import { credible } from './modalitySeen.js';
import { placeOfTarget } from './placeOfTarget.js';
import { placesWithin, whyNotShown } from './whyNotShown.js';

/** What a source shows, and what follows from it. */
export interface SourceView {
  /** Absent for a single image, and without a package that says it. */
  readonly shows?: ImageShows;
  /** Where it contradicts the attributes. */
  readonly cautions: readonly Caution[];
  readonly notes: readonly string[];
  /** Why the source surely does not show a target of a model; undefined if it may. */
  readonly whyNotShown: (target: Target, model: ModelPackage) => string | undefined;
  /** Where targets of a model can be; undefined: anywhere. */
  readonly within: (targets: readonly Target[], model: ModelPackage) => WithinHeights | undefined;
}

const nothingKnown: SourceView = { cautions: [], notes: [], whyNotShown: () => undefined, within: () => undefined };

/**
 * Looks at a source, if it is a volume and a package is installed. A package that cannot be used only makes a note: a
 * result without it is better than none.
 *
 * @throws PromptsegError `cancelled`
 */
export async function lookAtSource(
  source: Volume | SingleImage,
  fieldOfView: FieldOfView | undefined,
  signal: AbortSignal,
): Promise<SourceView> {
  if (fieldOfView === undefined || isSingleImage(source)) return nothingKnown;
  try {
    const looked = await fieldOfView.look(onEvenGrid(source), signal);
    const { manifest } = looked.network;
    const seen = credible(looked.seen, manifest, source.modality);
    const shows = describeShown(seen, manifest, source.grid);
    const cautions = againstAttributes(seen, manifest, source);
    const isStated = source.header.BodyPartExamined !== undefined && source.header.BodyPartExamined !== '';
    return {
      shows,
      cautions,
      notes: isStated && cautions.length === 0 ? [] : [shows.text, ...cautions.map(({ text }) => text)],
      whyNotShown: (target, model) => whyNotShown(placeOfTarget(target, model, manifest), seen, manifest),
      within: (targets, model) =>
        placesWithin(
          targets.map((target) => placeOfTarget(target, model, manifest)),
          seen,
          manifest,
        ),
    };
  } catch (error) {
    if (!(error instanceof PromptsegError) || error.code === 'cancelled') throw error;
    return { ...nothingKnown, notes: [`What the image shows was not determined: ${error.message}`] };
  }
}
