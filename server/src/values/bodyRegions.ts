import type { BodyRegion } from '#contract/bodyRegions.js';
import type { BodyPartName } from '#contract/derivedAttributes.js';

/**
 * Terms in use for Body Part Examined (0018,0015) (PS3.16 annex L), by the parts that such images show; `trunk` if no
 * part of it is meant.
 */
const terms: readonly (readonly [parts: readonly BodyPartName[], terms: string])[] = [
  [['head'], 'BRAIN CRANIUM EAR EYE FACE HEAD IAC JAW MANDIBLE MAXILLA NOSE ORBIT PITUITARY SINUS SKULL TMJ'],
  [['head', 'neck'], 'CAROTID CSPINE HEADNECK MOUTH NECK PAROTID PHARYNX'],
  [['neck'], 'LARYNX THYROID'],
  [['neck', 'chest'], 'ESOPHAGUS TRACHEA'],
  [['chest'], 'BREAST BRONCHUS CHEST HEART LUNG MEDIASTINUM RIB STERNUM THORAX THYMUS TSPINE'],
  [['chest', 'abdomen'], 'CHESTABDOMEN'],
  [['chest', 'abdomen', 'pelvis'], 'CHESTABDPELVIS'],
  [['abdomen'], 'ABDOMEN ADRENAL BILEDUCT DUODENUM GALLBLADDER JEJUNUM KIDNEY LIVER LSPINE PANCREAS SPLEEN STOMACH'],
  [['abdomen', 'pelvis'], 'ABDOMENPELVIS COLON ILEUM LUMBOSACRAL'],
  [['pelvis'], 'BLADDER COCCYX ILIUM OVARY PELVIS PROSTATE RECTUM SACRUM SIJOINT TESTIS UTERUS'],
  [['trunk'], 'AORTA BACK'],
  [['chest', 'limbs'], 'AXILLA CLAVICLE SCAPULA SHOULDER'],
  [['pelvis', 'limbs'], 'HIP'],
  [
    ['limbs'],
    `ANKLE ARM CALF ELBOW EXTREMITY FEMUR FINGER FOOT FOREARM HAND HUMERUS KNEE LEG LOWERLEG PATELLA RADIUS THIGH THUMB
     TIBIA TOE ULNA UPPERARM WRIST`,
  ],
];

const regionOf = (part: BodyPartName): BodyRegion =>
  part === 'chest' || part === 'abdomen' || part === 'pelvis' ? 'trunk' : part;
const regionsOf = (parts: readonly BodyPartName[]): readonly BodyRegion[] => [...new Set(parts.map(regionOf))];

const partsOfTerm = new Map(
  terms.flatMap(([parts, names]) => names.split(/\s+/).map((name) => [name, parts] as const)),
);
const regionsOfTerm = new Map([...partsOfTerm].map(([term, parts]) => [term, regionsOf(parts)] as const));

/** Parts of the trunk with `trunk`; undefined of none. */
function withTrunk(parts: readonly BodyPartName[]): readonly BodyPartName[] | undefined {
  if (parts.length === 0) return undefined;
  const trunk = regionsOf(parts).filter((region) => region === 'trunk');
  return [...new Set([...parts, ...trunk])];
}

/** The same as `regionsShown`, in the finer words of rules. */
export const partsShown = (bodyPartExamined: string): readonly BodyPartName[] | undefined =>
  withTrunk(partsOfTerm.get(bodyPartExamined.trim().toUpperCase()) ?? []);

/** The parts of the terms among the words of a free text such as a Series Description. */
export const partsMentioned = (text: string): readonly BodyPartName[] | undefined =>
  withTrunk(text.split(/[^A-Za-z]+/).flatMap((word) => partsOfTerm.get(word.toUpperCase()) ?? []));

/**
 * The regions that a series shows by its Body Part Examined (0018,0015); undefined if that is not definite: empty,
 * "WHOLEBODY", "PARTIALBODY" or not a standard term.
 */
export const regionsShown = (bodyPartExamined: string): readonly BodyRegion[] | undefined =>
  regionsOfTerm.get(bodyPartExamined.trim().toUpperCase());

/**
 * Terms that are also words with other meanings, abbreviations or postures in descriptions: "back", "HIP" of a
 * hippocampus, "arm up".
 */
const doubtfulWords = new Set(
  'ARM BACK CALF EAR EYE FACE HAND HIP LEG MOUTH NOSE ORBIT RADIUS SINUS THUMB TOE'.split(' '),
);
/** Words in descriptions in addition to those terms. */
const furtherWords: ReadonlyMap<string, readonly BodyRegion[]> = new Map(
  (
    [
      ['head', 'CRANIAL CEREBRAL KOPF SCHAEDEL SCHADEL HIRN NEURO CCT CRANE CEREBRO'],
      ['neck', 'CERVICAL HALS'],
      [
        'trunk',
        'ABDOMINAL THORACIC THORAKAL PELVIC CARDIAC HEPATIC RENAL BAUCH OBERBAUCH BECKEN BRUST LEBER LUNGE HERZ NIERE',
      ],
      ['limbs', 'KNIE FUSS OBERSCHENKEL UNTERSCHENKEL SPRUNGGELENK ELLENBOGEN HANDGELENK'],
    ] as const
  ).flatMap(([region, words]) => words.split(' ').map((word) => [word, [region]] as const)),
);

/**
 * The regions that free text, such as a Series Description or a Protocol Name, names beyond doubt; undefined if it
 * names none: then it excludes nothing.
 */
export function regionsNamed(text: string): readonly BodyRegion[] | undefined {
  const folded = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toUpperCase();
  const words = folded.split(/[^A-Z]+/).filter((word) => !doubtfulWords.has(word));
  const regions = words.flatMap((word) => regionsOfTerm.get(word) ?? furtherWords.get(word) ?? []);
  return regions.length > 0 ? [...new Set(regions)] : undefined;
}

/** The same from free text such as a Series Description: the regions of the terms among its words. */
export function regionsMentioned(text: string): readonly BodyRegion[] | undefined {
  const regions = text.split(/[^A-Za-z]+/).flatMap((word) => regionsShown(word) ?? []);
  return regions.length > 0 ? [...new Set(regions)] : undefined;
}
