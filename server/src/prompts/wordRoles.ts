import type { Laterality } from '../values/concept.js';
import { german } from './germanRoles.js';

const words = (list: string, more: readonly string[] = []): ReadonlySet<string> =>
  new Set([...list.trim().split(/\s+/), ...more]);

/** Words for a side. "both" also starts "both bone and fat", where it is not a side. */
export const sides: ReadonlyMap<string, Laterality> = new Map<string, Laterality>([
  ...[...words('left l lt lft lh sinister sinistra sinistrum leftward', german.left)].map(
    (word) => [word, 'left'] as const,
  ),
  ...[...words('right r rt rgt rh dexter dextra dextrum rightward', german.right)].map(
    (word) => [word, 'right'] as const,
  ),
  ...[...words('both either bilateral bilaterally bilat', german.both)].map((word) => [word, 'both'] as const),
]);

/** A full stop after these does not end a sentence. */
export const abbreviations = words(
  'l r lt lft rt rgt bilat n nc nucl nuc ncl inf sup incl excl exkl exc ex vs resp approx',
  german.abbreviations,
);

/** Words after a side that add nothing: "left-sided", "right side of the lung". */
export const sideNouns = words('side sides sided hand handed', german.sideNouns);

/** "white matter of the left hemisphere" is the left white matter: words for one side of the brain. */
export const hemisphereWords = words('hemisphere cerebral brain');

/** Words that join parts of a text like commas, including "as well as" and "together with". */
export const links = words('and or plus then as along together et y', german.links);

/** Units of a requested volume: "how many ml". */
export const units = words('ml cc ccm cm3 millilitre millilitres milliliter milliliters litre litres liter liters');

/** Words that never have a meaning. */
export const fillers = words(
  `
  the a an this that these those my his her their its our your any whole entire complete full total
  please pls plz kindly thanks thank just only also too now here again well anatomical anatomically anatomic
`,
  german.fillers,
);

/** Ignored before a structure: "can you show me", "segmentation of". */
export const requestWords = words(
  `
  segment segmenting segmentation segmentations binary show showing find locate detect identify outline delineate
  contour contours
  mark highlight draw extract isolate display label mask masks get give make create generate produce compute measure
  do perform run see view look let lets want wanna need like have would could can will shall may should might
  i we you me us it im id to for of at with does did has got contain contains exist exists
  is are be there where what which whats wheres how hi hello hey dear
  structure structures organ organs region regions area areas target targets object objects prompt prompts roi rois
  volume volumes outlines annotate trace color colour visualise visualize calculate calculating determine quantify
  estimate tell help point pick size sizes looking search searching try trying interested am check up out use using
`,
  [...german.requestWords, ...units],
);

/** Ignored after a structure: "left lung segmentation", "brain tissue". */
export const closingWords = words(
  `
  segmentation segmentations mask masks outline outlines contour contours region regions area areas structure structures
  volume volumes vol vols size sizes roi rois tissue tissues map maps class classes label labels for me us you
  are is located lies lie found shown visible segmented outlined delineated contoured highlighted marked
`,
  german.closingWords,
);

/**
 * Names of what is viewed; ignored around a structure, with "in", "on", "of" or "from" before it: "in this CT scan".
 */
export const contextNouns = words(
  `
  scan scans image images picture pictures slice slices screen monitor ct cta mr mri mrt study series exam examination
  dataset data volume
  patient patients case person me us you
`,
  [...german.contextNouns, ...units],
);
export const contextPrepositions = words('in on of from within for to at', german.contextPrepositions);

/**
 * Wholes that contain everything a model knows: "the lungs of the body", "ventricles in the brain" name no specific
 * part.
 */
export const containers = words('body brain');

/** Request everything that the model knows. */
export const everythingWords = words('everything all anything', german.everythingWords);

/** Between these and a structure: "everything of the lungs". */
export const wholeOf = words('of von vom');

/** Request all of a kind: "each lobe". */
export const quantifiers = words('each every all', german.quantifiers);

/** Make a sentence an exclusion. */
export const negations = words(
  `
  no not non none never nor neither without except excepting exception exclude excluding excluded minus but dont doesnt
  wont
  besides apart aside than instead ignore ignoring omit omitting skip remove removing subtract hide delete outside
  unless excl exkl sans exclusive avoid forget
`,
  [...german.negations, 'bis auf', 'leave out', 'leaving out', 'leaves out'],
);
