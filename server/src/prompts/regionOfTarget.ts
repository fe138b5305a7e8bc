import type { StructureRegion } from '#contract/structures.js';
import type { Concept } from '../values/concept.js';
import { type BodyPart, partListing } from './bodyParts.js';

const regionOfPart: Partial<Record<BodyPart, StructureRegion>> = {
  brain: 'brain',
  head: 'head-and-neck',
  neck: 'head-and-neck',
  chest: 'chest',
  abdomen: 'abdomen',
  pelvis: 'pelvis',
};

/** Regions by the words of a code's meaning, for codes that are in no list; the first match counts. */
const byMeaning: readonly (readonly [StructureRegion, RegExp])[] = [
  ['spine', /vertebra|\bdisc\b|sacrum/i],
  ['vessels', /aorta|vessel|artery|vein|vena|brachiocephalic/i],
  ['muscles', /muscle|gluteus/i],
  ['bones', /\brib\b|sternum|clavicle|scapula|humerus|femur|tibia|fibula|patella|bone$|cartilage|pubis/i],
  [
    'brain',
    /gyrus|cortex|temporal lobe|occipital lobe|insula|hippocampus|cuneus|corticospinal|brain|subcallosal|ventricle/i,
  ],
  ['abdomen', /liver|hepatic|abdom|colon|kidney/i],
  ['chest', /heart|lung|chest|breast|mediastin|cavity of/i],
  ['pelvis', /cervix|prostate|uter|gonad|fetal/i],
  [
    'head-and-neck',
    /head|neck|eye|optic|retina|eustachian|nerve|pharyn|lip$|cheek|buccal|glottis|arytenoid|mastoid|vestibule/i,
  ],
];

/** Brain, intracranial contents, cerebrospinal fluid: in `bodyParts.ts` they belong to the head, here to the brain. */
const withBrain: ReadonlySet<string> = new Set(['12738006', '128319008', '65216001', '33930006']);

/** The region under which a concept is listed. */
export function regionOfConcept({ category, type, anatomicRegion }: Concept): StructureRegion {
  if (category.meaning === 'Morphologically Abnormal Structure') return 'lesions';
  if (category.meaning !== 'Anatomical Structure' && type.meaning !== 'Bone') return 'tissues';
  if (withBrain.has(type.value)) return 'brain';
  const part = partListing((anatomicRegion ?? type).value);
  const listed = part && regionOfPart[part];
  if (listed !== undefined && !/aorta|vena|artery|vein/i.test(type.meaning)) return listed;
  if (/^(entire body|bone|blood vessel|lymph node|.* tissue)$/i.test(type.meaning)) return 'tissues';
  return byMeaning.find(([, words]) => words.test(type.meaning))?.[0] ?? listed ?? 'other';
}
