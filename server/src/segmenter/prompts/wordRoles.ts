import type { Laterality } from '../../terminology/concept.js';

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** Words for a side. "both" also opens "both bone and fat", where it means no side. */
export const sides: ReadonlyMap<string, Laterality> = new Map<string, Laterality>([
  ...[...words('left l lt lft lh sinister sinistra sinistrum leftward')].map((word) => [word, 'left'] as const),
  ...[...words('right r rt rgt rh dexter dextra dextrum rightward')].map((word) => [word, 'right'] as const),
  ...[...words('both bilateral bilaterally bilat')].map((word) => [word, 'both'] as const),
]);

/** A full stop after these ends no sentence. */
export const abbreviations = words('l r lt lft rt rgt bilat n nuc ncl');

/** Words that stand after a side and add nothing: "left-sided", "right side of the lung". */
export const sideNouns = words('side sided hand handed');

/** "white matter of the left hemisphere" is the left white matter: words of a place that is one side of the brain. */
export const hemisphereWords = words('hemisphere cerebral brain');

/** Words that join parts of a text, as commas do: "as well as", "together with" as well. */
export const links = words('and or plus then as along together und et y');

/** Say nothing wherever they stand. */
export const fillers = words(`
  the a an this that these those my his her their its our your any each every whole entire complete full total
  please pls plz kindly thanks thank just only also too now here again well
`);

/** Ignored before a structure: "can you show me", "segmentation of". */
export const requestWords = words(`
  segment segmenting segmentation segmentations binary show showing find locate detect identify outline delineate contour contours
  mark highlight draw extract isolate display label mask masks get give make create generate produce compute measure
  do perform run see view look let lets want wanna need like would could can will shall may should might
  i we you me us it im id to for of at with
  is are be there where what which whats wheres how hi hello hey dear
  structure structures organ organs region regions area areas target targets object objects prompt prompts roi rois
  volume volumes outlines
`);

/** Ignored after a structure: "left lung segmentation", "brain tissue". */
export const closingWords = words(`
  segmentation segmentations mask masks outline outlines contour contours region regions area areas structure structures
  volume volumes vol vols roi rois tissue tissues map maps class classes label labels for me us you
`);

/** Names of what is looked at; ignored around a structure, with "in", "on", "of" or "from" before it: "in this CT scan". */
export const contextNouns = words(`
  scan scans image images picture pictures ct cta mr mri mrt study series exam examination dataset data volume
  patient patients case person me us you
`);
export const contextPrepositions = words('in on of from within for to at');

/** Wholes that hold all that a model knows: "the lungs of the body", "ventricles in the brain" name no part of their own. */
export const containers = words('body brain');

/** Ask for all that the model knows. */
export const everythingWords = words('everything all anything');

/** Make a sentence say what is not wanted. */
export const negations = words(`
  no not non none never nor neither without except excepting exception exclude excluding excluded minus but dont doesnt wont
  besides apart aside than instead ignore ignoring omit omitting skip remove removing subtract hide delete outside unless
`);
