import { bodyPartOfWord } from './bodyParts.js';
import { contextNouns, units } from './wordRoles.js';

const list = (words: string): readonly string[] => words.trim().split(/\s+/);

/** Words for acquisition techniques, by the modality that they name (PS3.3 C.7.3.1.1.1). */
export const modalityOfWord: ReadonlyMap<string, string> = new Map(
  [
    ['CT', ...list('ct cts cta ctpa cbct cect ncct hrct ldct ctap cct')],
    [
      'MR',
      ...list(`mr mri mris mra mrt mrts cmrt cmri t1w t2w t1weighted t2weighted pdw flair dwi adc swi stir mprage
        mp2rage tof vibe tse fse gre epi dti asl spgr ciss mrcp dixon mdixon haste lava thrive fiesta trufi`),
    ],
    ['PT', ...list('pet')],
    ['US', ...list('ultrasound sonography sonogram ultraschall sonographie')],
    ['DX', ...list('xray radiograph radiographs rontgen roentgen rontgenbild')],
  ].flatMap(([modality = '', ...words]) => words.map((word) => [word, modality] as const)),
);

/** Names of images without a modality: "in the portal venous phase". `dropPhrases.ts` makes one of "lung window". */
const otherImages: readonly string[] = list(`
  petct spect angiography angiogram tomography tomogram imaging sequence sequences phase acquisition angio angiographie
  phasen sequenz sequenzen tomographie scannen lungenfenster knochenfenster weichteilfenster
`).concat('lung window');

/** T1 and T2 are vertebrae and weightings; they describe an image only next to a word that does. */
export const imageAdjectives: ReadonlySet<string> = new Set(
  list(`
  t1 t2 pd weighted contrast enhanced portal venous arterial delayed late early native nativ unenhanced noncontrast
  precontrast postcontrast pre post gadolinium gd ce low dose thin thick axial coronal sagittal given attached uploaded
  current baseline followup computed magnetic resonance routine diagnostic hr pv inspiration expiration inspiratory
  expiratory prone supine opposed planning
  gewichtet kontrast kontrastmittel km kontrastverstarkt nativ inspiratorisch exspiratorisch
`).concat(
    list(`gewichtet kontrastverstarkt kontrastmittelgestutzt kontrastmittelverstarkt nativ venos arteriell portalvenos
    axial koronar sagittal spat fruh diagnostisch kontrastverstaerkt kontrastmittelgestuetzt kontrastmittelverstaerkt
    venoes portalvenoes spaet frueh`).flatMap((stem) => ['e', 'er', 'es', 'en', 'em'].map((ending) => stem + ending)),
  ),
);

/** Words for imaged people and for units: they are context without a word for an image. */
const noImages: ReadonlySet<string> = new Set([
  ...list('patient patients person case me us you patienten patientin'),
  ...units,
]);

export const isImageWord = (word: string): boolean =>
  modalityOfWord.has(word) || otherImages.includes(word) || (contextNouns.has(word) && !noImages.has(word));

/** Whether a word can be a part of a phrase such as "contrast-enhanced CT of the chest". */
export const isOfContext = (word: string): boolean =>
  isImageWord(word) || imageAdjectives.has(word) || contextNouns.has(word) || bodyPartOfWord.has(word);

/** Words that are correct although no vocabulary has them. */
export const imagingWords: ReadonlySet<string> = new Set([
  ...modalityOfWord.keys(),
  ...otherImages,
  ...imageAdjectives,
  ...bodyPartOfWord.keys(),
]);
