import type { BodyRegion } from '#contract/bodyRegions.js';
import type { VocabularyTarget } from '../values/vocabulary.js';

export type BodyPart = 'brain' | 'head' | 'neck' | 'chest' | 'abdomen' | 'pelvis' | 'spine' | 'limbs' | 'body';

const list = (words: string): readonly string[] => words.trim().split(/\s+/);

interface Described {
  readonly part: BodyPart;
  readonly regions: readonly BodyRegion[];
  /** Words for its whole content: "the lungs in the chest". */
  readonly wholes: readonly string[];
  /** Words that only say what an image shows: "spleen in a liver MRI". */
  readonly imaged: readonly string[];
  /**
   * Structures in it by the code of their type (SNOMED CT, FMA, DICOM); one in several parts extends from one into the
   * other.
   */
  readonly structures: readonly string[];
}

/**
 * Body parts with their words, folded, and their content by general anatomy; bone, fat, muscle and skin are everywhere.
 */
const described: readonly Described[] = [
  {
    part: 'brain',
    regions: ['head'],
    wholes: list('brain gehirn gehirns hirn hirns'),
    imaged: list('cerebral neuro hirns'),
    structures: list(`
      83678007 372073000 40146001 68523003 389080008 389081007 223151 83251001 16630005 78277001 31065004 36169008
      5366008
      4958002 MEDIAL-TEMPORAL 32610002 31428008 41648007 11000004 89278009 14738005 427667007 42695009 110700 88442005
      70105001
      35764002 66720007 53118009 49841001 35918002 119238007 70007007 113305005 25991003 33060004 5336001 7344002`),
  },
  {
    part: 'head',
    regions: ['head'],
    wholes: list('head kopf kopfes schadel schaedel schadels'),
    imaged: list('cranial cranium skull orbit kraniales kraniale kranialen kranielles kranielle kraniellen'),
    structures:
      list(`12738006 128319008 65216001 33930006 89546000 91609006 53620006 81745001 40638003 79652003 32259006 78076003
      13561001 18234004 244453006 56329008 80169004 51837005 25342003 361078006 279549004 34508005 74262004 45289007`),
  },
  {
    part: 'neck',
    regions: ['neck'],
    wholes: list('neck hals halses'),
    imaged: list('cervical'),
    structures: list(
      '4596009 1307006 69748006 54019009 60075002 32062004 12123001 69105007 86117002 44567001 32849002 2748008',
    ),
  },
  {
    part: 'chest',
    regions: ['trunk'],
    wholes: list('chest thorax brustkorb brustkorbs brustraum brustraums'),
    imaged: list('thoracic lung lungs pulmonary cardiac heart brust mediastinal lungen'),
    structures: list(`
      39607008 45653009 72481006 90572001 955009 110726009 91381003 9875009 80891009 59652004 82471001 73829009 33626005
      21814001 87878005 53085002 74281007 54247002 81040000 122972007 48345005 15825003 44567001 32849002 64131007`),
  },
  {
    part: 'abdomen',
    regions: ['trunk'],
    wholes: list('abdomen abdomens belly bauch bauches bauchs bauchraum bauchraums'),
    imaged: list('abdominal liver hepatic kidney renal oberbauch'),
    structures: list(`
      10200004 28231008 15776009 78961009 69695003 38848004 23451007 64033007 57850000 2841007 56400007 110765007
      30315005 113276009 71854001 15825003 64131007`),
  },
  {
    part: 'pelvis',
    regions: ['trunk'],
    wholes: list('pelvis becken beckens'),
    imaged: list('pelvic prostate'),
    structures: list(
      '89837001 41216001 279706003 399384005 35039007 71252005 34402009 10293006 244411005 113276009 71854001',
    ),
  },
  {
    part: 'spine',
    regions: ['neck', 'trunk'],
    wholes: [],
    imaged: list('spine spinal lumbar wirbelsaule'),
    structures: [],
  },
  {
    part: 'limbs',
    regions: ['limbs'],
    wholes: [],
    imaged: list('knee leg arm shoulder hip ankle foot hand wrist elbow thigh knie bein schulter hufte fuss'),
    structures: [],
  },
  {
    part: 'body',
    regions: [],
    wholes: list('body korper korpers ganzkorper'),
    imaged: list('wholebody'),
    structures: [],
  },
];

const byPart = new Map(described.map((each) => [each.part, each]));

/** Type codes of the structures inside the skull: the brain and everything around it. */
export const withinSkull: ReadonlySet<string> = new Set(['12738006', '128319008', ...byPart.get('brain')!.structures]);

export const bodyPartOfWord: ReadonlyMap<string, BodyPart> = new Map(
  described.flatMap(({ part, wholes, imaged }) => [...imaged, ...wholes].map((word) => [word, part] as const)),
);

/** German writes a body part and its structures as one word. */
export const compounds: ReadonlyMap<string, BodyPart> = new Map<string, BodyPart>([
  ['hirnstrukturen', 'brain'],
  ['gehirnstrukturen', 'brain'],
  ['kopfstrukturen', 'head'],
  ['brustorgane', 'chest'],
  ['thoraxorgane', 'chest'],
  ['bauchorgane', 'abdomen'],
  ['beckenorgane', 'pelvis'],
]);

const wholeOfWord: ReadonlyMap<string, BodyPart> = new Map(
  described.flatMap(({ part, wholes }) => wholes.map((word) => [word, part] as const)),
);

/** The body part that a word names as a whole; undefined for "pulmonary" and "liver". */
export const wholeNamed = (word: string): BodyPart | undefined => wholeOfWord.get(word);

export const regionsOfPart = (part: BodyPart | undefined): readonly BodyRegion[] =>
  part === undefined ? [] : byPart.get(part)!.regions;

const codesOf = (part: BodyPart): readonly string[] => [
  ...byPart.get(part)!.structures,
  ...(part === 'head' ? byPart.get('brain')!.structures : []),
];

const isNormal = ({ concept: { category, anatomicRegion } }: VocabularyTarget): boolean =>
  category.value === '91723000' && anatomicRegion === undefined;

/** Whether a body part contains the whole of a structure, so that naming the part does not narrow the request. */
export function holdsWhole(part: BodyPart, target: VocabularyTarget): boolean {
  const code = target.concept.type.value;
  const isElsewhere = described.some((other) => {
    const isSame = other.part === part || (part === 'head' && other.part === 'brain');
    return !isSame && other.structures.includes(code);
  });
  if (part === 'brain' && byPart.get('head')!.structures.includes(code)) return false;
  return isNormal(target) && codesOf(part).includes(code) && (!isElsewhere || part === 'brain');
}

/** The structures of a vocabulary in a body part, including those that extend into another; not tissues. */
export const structuresIn = (part: BodyPart, targets: readonly VocabularyTarget[]): readonly VocabularyTarget[] =>
  targets.filter((target) => isNormal(target) && codesOf(part).includes(target.concept.type.value));

/** The first body part that lists the code of a structure. */
export const partListing = (code: string): BodyPart | undefined =>
  described.find(({ structures }) => structures.includes(code))?.part;
