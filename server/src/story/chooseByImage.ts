import { PromptsegError } from '../platform/errors.js';
import type { ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { chooseModel, type ModelChoice, type ModelQuestion } from './chooseModel.js';
import type { SurelyShown } from './imageShows/surelyShown.js';
import { shownBy } from './placeOfSeries.js';
import { readForModels } from './readForModels.js';

/** Looks at the images. @throws PromptsegError if that is impossible or takes too long */
export type LookAtImages = () => Promise<SurelyShown>;

/** A choice, and the question that it is for: the stated one, or that with what the image shows. */
export interface ChoiceByImage extends ModelChoice {
  readonly question: ModelQuestion;
}

/**
 * Chooses a model by what is stated of the images. Only where this ends in a refusal that wrong or missing attributes
 * explain, or where it leaves several models, is the image looked at and the model chosen by what it surely shows. If
 * nothing is certain, or nobody can look, the first decision holds.
 *
 * @param look absent: nothing can say what the image shows
 * @throws PromptsegError of `chooseModel`
 */
export async function chooseByImage(
  library: ModelLibrary,
  question: ModelQuestion,
  look: LookAtImages | undefined,
): Promise<ChoiceByImage> {
  await readForModels(library, question);
  const stated = choiceOrRefusal(library, question);
  const asStated = (note = ''): ChoiceByImage => {
    if (stated instanceof PromptsegError) throw stated;
    return { ...stated, reason: stated.reason + note, question };
  };
  if (look === undefined || !imageMayDecide(stated, question)) return asStated();
  let shown: SurelyShown;
  try {
    shown = await look();
  } catch (error) {
    if (!(error instanceof PromptsegError) || error.code === 'cancelled') throw error;
    return asStated(` What the image shows was not determined: ${error.message}`);
  }
  const asSeen = withShown(question, shown);
  if (asSeen === undefined) return asStated();
  await readForModels(library, asSeen);
  const choice = chooseModel(library, asSeen);
  return {
    ...choice,
    ...contradictionOf(stated, question, asSeen),
    reason: `${choice.reason} It was chosen because ${seenIn(asSeen, question)}.`,
    question: asSeen,
  };
}

function choiceOrRefusal(library: ModelLibrary, question: ModelQuestion): ModelChoice | PromptsegError {
  try {
    return chooseModel(library, question);
  } catch (error) {
    if (error instanceof PromptsegError) return error;
    throw error;
  }
}

function imageMayDecide(stated: ModelChoice | PromptsegError, { modality }: ModelQuestion): boolean {
  if (!(stated instanceof PromptsegError)) return stated.undecided === true;
  return stated.code === 'body-part-not-served' || (stated.code === 'modality-not-served' && namesNoScanner(modality));
}

/** Converters and secondary captures write "other" or nothing, whatever made the images. */
const namesNoScanner = (modality: string | undefined): boolean => ['', 'OT', 'SC'].includes(modality ?? '');

/** A stated scanner is never replaced: no model for CT runs on an MR because a network takes it for one. */
function withShown(question: ModelQuestion, { modality, ...seen }: SurelyShown): ModelQuestion | undefined {
  const replaces = modality !== undefined && namesNoScanner(question.modality);
  if (seen.regions.length === 0 && !replaces) return undefined;
  return { ...question, ...(seen.regions.length > 0 && { seen }), ...(replaces && { modality }) };
}

/** The caution of findings has a margin and may be silent: a head with a neck is near a chest. */
function contradictionOf(
  stated: ModelChoice | PromptsegError,
  question: ModelQuestion,
  asSeen: ModelQuestion,
): Pick<ModelChoice, 'contradiction'> {
  if (!(stated instanceof PromptsegError) || stated.code !== 'body-part-not-served') return {};
  return { contradiction: `The image decided which model runs: ${shownBy(question)}, but ${shownBy(asSeen)}.` };
}

/** "the image shows head and looks like MR" */
function seenIn(asSeen: ModelQuestion, { modality }: ModelQuestion): string {
  const like = asSeen.modality === modality ? [] : [`looks like ${asSeen.modality}`];
  return asSeen.seen === undefined ? `the image ${like.join()}` : [shownBy(asSeen), ...like].join(' and ');
}
