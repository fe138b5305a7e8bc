import path from 'node:path';
import type { ModelReason } from '#contract/models.js';
import { PromptsegError } from '../platform/errors.js';
import { resolvePrompts } from '../prompts/resolvePrompts.js';
import { readsFreeText } from '../segmenter/packages/modelManifest.js';
import type { ModelLibrary, ModelPackage } from '../segmenter/packages/modelPackage.js';
import { fitOfSeries, type ModelFit, type PlaceOfSeries, regionsOf, shownBy } from './placeOfSeries.js';

export interface ModelQuestion extends PlaceOfSeries {
  /** Id of the model that the request names. */
  readonly model?: string;
  /** Modality (0008,0060) of the series, where known. */
  readonly modality?: string;
  readonly prompts: readonly string[];
  /** Also accepts a model made for other regions of the body. */
  readonly anyway?: boolean;
}

export interface ModelChoice {
  readonly model: ModelPackage;
  /** Why this model was chosen, as a code. */
  readonly because: ModelReason;
  /** The same as a sentence. */
  readonly reason: string;
  /** The contradiction between series and choice, as a sentence; only if the request, or the image, decided. */
  readonly contradiction?: string;
  /**
   * The choice depends on what the image shows, which nothing states: several models understand the text equally well,
   * and some of them are made for regions of the body.
   */
  readonly undecided?: true;
}

/**
 * Chooses the model that a request names; otherwise, of the models that serve the modality, the one that understands
 * most of the text. Targets that a model knows only in other modalities count less. Ties are decided by the body
 * region; then, if the request asks for everything, by the number of structures; then by measured accuracy, which is
 * comparable only on the same data; then by the order of the packages.
 *
 * A model made for other body regions than the series shows is used only if the request insists (`anyway`), whether it
 * was named or not. The region is what the image was seen to show; else it comes from Body Part Examined, from the
 * Anatomic Region Sequence, or from words of the description and protocol that name a region beyond doubt.
 *
 * @throws PromptsegError `model-not-found`; `model-package-corrupt` if the model's package was refused;
 * `modality-not-served` with what is served; `body-part-not-served` if the named model, or every model that understands
 * the text, is made for other body regions
 */
export function chooseModel(library: ModelLibrary, question: ModelQuestion): ModelChoice {
  const choice = choose(library, question);
  if (!question.anyway || fitOfSeries(choice.model, question) !== 'elsewhere') return choice;
  const { id, bodyRegions = [] } = choice.model.manifest;
  const contradiction =
    `The model "${id}" is made for ${bodyRegions.join(', ')}, but ${shownBy(question)}: ` +
    'it ran because the request insisted.';
  return { ...choice, contradiction };
}

function choose(library: ModelLibrary, question: ModelQuestion): ModelChoice {
  const { model: id, modality } = question;
  if (id !== undefined) {
    const named = findModel(library, id);
    requireModality([named], modality, `the model "${id}" serves`);
    if (fitOfSeries(named, question) !== 'elsewhere')
      return { model: named, because: 'named', reason: 'The request names it.' };
    if (!question.anyway) throw otherBodyPart(named, question, `The model "${id}" is`);
    return {
      model: named,
      because: 'named',
      reason: `The request names it and insists, although ${shownBy(question)}.`,
    };
  }
  if (library.packages.length === 0) throw noModel(library, undefined);
  const serving = requireModality(library.packages, modality, 'the installed models serve');
  const forWhat = modality === undefined ? '' : ` for ${modality}`;
  const judged = serving.map((model) => judge(model, question));
  const fitting = question.anyway ? judged : judged.filter(({ fit }) => fit !== 'elsewhere');
  const understanding = fitting.filter(({ understood }) => understood > 0);
  if (understanding.length === 0) {
    const elsewhere = judged.find(({ understood }) => understood > 0);
    if (elsewhere !== undefined) {
      const { id } = elsewhere.model.manifest;
      throw otherBodyPart(elsewhere.model, question, `Only the model "${id}" understands the text, which is`);
    }
    // The reader sees the alternatives, and a model for one region offers only what is in it.
    const offering = greatest(fitting.length > 0 ? fitting : judged, ({ offered }) => offered);
    const { model } = offering.find(({ model }) => model.manifest.bodyRegions === undefined) ?? offering[0]!;
    return { model, because: 'understands-nothing', reason: `No model${forWhat} understands the text.` };
  }
  if (serving.length === 1) return { model: serving[0]!, because: 'only', reason: `It is the only model${forWhat}.` };

  const best = greatest(
    greatest(understanding, ({ knownHere }) => knownHere),
    ({ understood }) => understood,
  );
  if (best.length === 1)
    return {
      model: best[0]!.model,
      because: 'understands-most',
      reason: `Of the models${forWhat} it understands most of the text.`,
    };
  const isUndecided =
    best.every(({ fit }) => fit === 'anywhere') && best.some(({ model }) => model.manifest.bodyRegions);
  return { ...preferred(best), ...(isUndecided && { undecided: true }) };
}

function preferred(judged: readonly Judgement[]): ModelChoice {
  let left = judged;
  for (const { because, sentence, keep } of preferences) {
    const kept = keep(left);
    if (kept.length === 1) return { model: kept[0]!.model, because, reason: `${asWell}; ${sentence}.` };
    if (kept.length > 0) left = kept;
  }
  return { model: left[0]!.model, because: 'first', reason: `${asWell}; this one comes first.` };
}

const asWell = 'Others understand the text equally well';

/** Tie-breakers between models that understand the text equally well, in this order. */
const preferences: readonly {
  readonly because: ModelReason;
  readonly sentence: string;
  readonly keep: (judged: readonly Judgement[]) => readonly Judgement[];
}[] = [
  {
    because: 'body-part',
    sentence: 'this one is made for the body part of the series',
    keep: (judged) => judged.filter(({ fit }) => fit === 'here'),
  },
  {
    // If the body part is unknown, choosing a model for one region would be a guess.
    because: 'body-part',
    sentence: 'this one is made for any body part',
    keep: (judged) => judged.filter(({ model, fit }) => fit === 'here' || model.manifest.bodyRegions === undefined),
  },
  {
    because: 'knows-most',
    sentence: 'this one knows the most structures',
    keep: (judged) => (judged.every(({ asksAll }) => asksAll) ? greatest(judged, ({ knows }) => knows) : []),
  },
  {
    because: 'measured',
    sentence: 'this is the only one with measured accuracy',
    keep: (judged) => judged.filter(({ model }) => diceFigures(model).size > 0),
  },
  {
    because: 'measured-better',
    sentence: 'this one is more accurate on the same data',
    keep: bestOnTheSameData,
  },
];

/**
 * The models with the best mean over the Dice figures that all of them report; none if they have no figure in common.
 */
function bestOnTheSameData(judged: readonly Judgement[]): readonly Judgement[] {
  const figures = new Map(judged.map(({ model }) => [model, diceFigures(model)]));
  const [first = new Map<string, number>(), ...others] = figures.values();
  const common = [...first.keys()].filter((key) => others.every((other) => other.has(key)));
  if (common.length === 0) return [];
  return greatest(judged, ({ model }) => common.reduce((sum, key) => sum + figures.get(model)!.get(key)!, 0));
}

/** Measured Dice by target and data set. */
const diceFigures = ({ manifest }: ModelPackage): ReadonlyMap<string, number> =>
  new Map(
    manifest.evaluation
      .filter(({ metric }) => metric === 'Dice')
      .map(({ dataset, target, value }) => [JSON.stringify([dataset, target]), value]),
  );

function greatest<T>(items: readonly T[], measure: (item: T) => number): readonly T[] {
  const most = Math.max(...items.map(measure));
  return items.filter((item) => measure(item) === most);
}

/**
 * The models that read series of this modality, with how each fits the body region: those made for it first, those made
 * for others last.
 */
export function servingModels(
  library: ModelLibrary,
  series: Pick<ModelQuestion, 'modality'> & PlaceOfSeries,
): readonly { readonly model: ModelPackage; readonly fit: ModelFit }[] {
  const order: readonly ModelFit[] = ['here', 'anywhere', 'elsewhere'];
  return library.packages
    .filter((model) => serves(model, series.modality))
    .map((model) => ({ model, fit: fitOfSeries(model, series) }))
    .sort((a, b) => order.indexOf(a.fit) - order.indexOf(b.fit));
}

/** Finds a model by its id. @throws PromptsegError `model-not-found`, `model-package-corrupt` */
export function findModel(library: ModelLibrary, id: string): ModelPackage {
  const found = library.packages.find(({ manifest }) => manifest.id === id);
  if (found === undefined) throw noModel(library, id);
  return found;
}

function noModel({ packages, refused }: ModelLibrary, id: string | undefined): PromptsegError {
  // A package that is installed but was refused must not look like a missing one.
  const broken = refused.find(({ folder }) => id === undefined || path.basename(folder) === id);
  if (broken !== undefined) return broken.error;
  return new PromptsegError(
    'model-not-found',
    id === undefined ? 'No model is installed.' : `There is no model "${id}".`,
    { details: { installed: packages.map(({ manifest }) => manifest.id) } },
  );
}

function requireModality(
  models: readonly ModelPackage[],
  modality: string | undefined,
  whoServes: string,
): readonly ModelPackage[] {
  const serving = models.filter((model) => serves(model, modality));
  if (serving.length > 0) return serving;
  const served = [...new Set(models.flatMap(({ manifest }) => manifest.modalities))];
  throw new PromptsegError(
    'modality-not-served',
    modality
      ? `The series is of modality ${modality}; ${whoServes} ${served.join(', ')}.`
      : `Neither the series nor its images state a modality; ${whoServes} ${served.join(', ')}.`,
    { details: { modality, served } },
  );
}

const serves = ({ manifest }: ModelPackage, modality: string | undefined): boolean =>
  modality === undefined || manifest.modalities.some((served) => served === modality);

interface Judgement {
  readonly model: ModelPackage;
  /** Number of parts of the text that it understands. */
  readonly understood: number;
  /**
   * Number of parts that it does not understand but for which it has something similar, or a class that is not offered.
   */
  readonly offered: number;
  /** Of the parts it understands, those with a target that it knows in the modality of the series. */
  readonly knownHere: number;
  /** Whether every part requests everything that the model knows. */
  readonly asksAll: boolean;
  /** Number of targets that it knows in the modality. */
  readonly knows: number;
  readonly fit: ModelFit;
}

function judge(model: ModelPackage, question: ModelQuestion): Judgement {
  const { modality, prompts } = question;
  const { targets } = model.vocabulary;
  const known = new Set(
    targets.filter((target) => modality === undefined || target.modalities.includes(modality)).map(({ id }) => id),
  );
  const parts = resolvePrompts(prompts, model.vocabulary, { freeText: readsFreeText(model.manifest) });
  const understood = parts.filter((part) => part.status === 'understood');
  return {
    model,
    understood: understood.length,
    offered: parts.filter(
      (part) => part.status === 'unknown' && (part.nearest.length > 0 || part.code === 'not-offered'),
    ).length,
    knownHere: understood.filter((part) => part.targets.some(({ id }) => known.has(id))).length,
    asksAll: understood.length === parts.length && understood.every((part) => part.targets.length === targets.length),
    knows: known.size,
    fit: fitOfSeries(model, question),
  };
}

function otherBodyPart({ manifest }: ModelPackage, place: PlaceOfSeries, who: string): PromptsegError {
  const { id, bodyRegions = [] } = manifest;
  return new PromptsegError('body-part-not-served', `${who} made for ${bodyRegions.join(', ')}; ${shownBy(place)}.`, {
    details: { model: id, bodyRegions, shown: regionsOf(place) },
  });
}
