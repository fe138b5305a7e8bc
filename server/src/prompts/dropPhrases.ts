import { isImageWord, isOfContext } from './imagingWords.js';
import type { Link, Word } from './readWords.js';
import { fillers, negations, quantifiers, sideNouns } from './wordRoles.js';

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/**
 * "How big is the spleen", "interested in the liver": alone, the second word could be part of a name ("large bowel") or
 * a position.
 */
const pairs: readonly (readonly [first: ReadonlySet<string>, second: ReadonlySet<string>])[] = [
  [words('how wie'), words('big large small long heavy wide thick much many gross viel viele lang schwer klein')],
  [words('interested'), words('in')],
  [words('looking look searching search'), words('for at')],
  [words('go'), words('ahead')],
  [words('right'), words('now away here there')],
];
const exclusions: readonly (readonly [first: ReadonlySet<string>, second: string])[] = [
  [words('leave leaving leaves'), 'out'],
  [words('bis'), 'auf'],
];
const ordinals = words('first second third fourth fifth erstens zweitens drittens');
const articles = words('the all both die das den der beide alle');
/** What CT is windowed for: "in the lung window" names no lung. */
const windowed = words(
  'lung lungs bone bones brain liver tissue mediastinal mediastinum abdominal abdomen subdural stroke',
);
const windows = words('window windows');
/** Radiotherapy; elsewhere "RT" is the right side. */
const planned = words('structure structures struct structs structureset set planning plan plans dose');
/** A sequence, not fat: "fat-sat T2". */
const suppressed = words('sat saturated saturation suppressed suppression');
const contrastMedium = words('contrast gadolinium iv kontrast kontrastmittel km enhanced enhancement');

const isVolume = (item: Word | Link): boolean => item.kind === 'word' && /volume/.test(item.text);

/**
 * Drops phrases of several words that name nothing: requests ("how big"), counting ("first the lungs, second the
 * bones"), missing contrast ("CT without contrast"), which is not an exclusion of a structure, the way of a contrast
 * medium ("IV contrast", not "IV ventricle"), what an image is windowed for, the strength of a magnet ("1.5 T"),
 * radiotherapy ("RT structures"), and what is no side ("right now").
 * "Each side" is both, and "leave out" is one word.
 */
export function dropPhrases(sentence: readonly (Word | Link)[]): (Word | Link)[] {
  const textAt = (at: number): string => {
    const item = sentence[at];
    return item?.kind === 'word' ? item.text : '';
  };
  const kept: (Word | Link)[] = [];
  for (let at = 0; at < sentence.length; at++) {
    const [text, next] = [textAt(at), textAt(at + 1)];
    const isPair = pairs.some(([first, second]) => first.has(text) && second.has(next)) && !isHowSeen(at);
    const item = sentence[at]!;
    const strength = fieldStrengthAt(at);
    if (strength > 0) {
      at += strength - 1;
      continue;
    }
    if (item.kind === 'word' && windowed.has(text) && windows.has(next)) {
      if (text === 'tissue' && textAt(at - 1) === 'soft') kept.pop();
      kept.push({ ...item, text: 'lung window', canonical: 'lung window', end: sentence[++at]!.end });
      continue;
    }
    if (text === 'iv' && next === 'contrast') continue;
    if (text === 'rt' && (planned.has(next) || next === 'ct' || (textAt(at - 1) === 'for' && next === ''))) {
      while (planned.has(textAt(at + 1))) at++;
      continue;
    }
    if (text === 'fat' && suppressed.has(next)) {
      at++;
      continue;
    }
    if (item.kind === 'word' && text === 'l' && isLitres(at)) {
      kept.push({ ...item, text: 'litres', canonical: 'litres', side: undefined });
      continue;
    }
    const isExclusion = exclusions.some(([first, second]) => first.has(text) && second === next);
    if (isPair || (negations.has(text) && contrastMedium.has(next) && isBesideImage(at))) at++;
    else if (item.kind === 'word' && isExclusion)
      kept.push({ ...item, text: `${text} ${next}`, end: sentence[++at]!.end });
    else if (item.kind === 'word' && quantifiers.has(text) && sideNouns.has(next)) kept.push({ ...item, side: 'both' });
    else if (!(ordinals.has(text) && articles.has(next))) kept.push(sentence[at]!);
  }
  return kept;

  /** "Left, as I look at it" names a side of the picture. */
  function isHowSeen(at: number): boolean {
    return textAt(at) === 'look' && /^(?:i|we)$/.test(textAt(at - 1)) && at > 1;
  }

  /** "Volume in l", "how many l". */
  function isLitres(at: number): boolean {
    const before = textAt(at - 1);
    return /^(?:many|viele?)$/.test(before) || (before === 'in' && textAt(at + 1) === '' && sentence.some(isVolume));
  }

  /** Number of words of "3T", "3 tesla", "1.5T", "1.5 T" from here on. */
  function fieldStrengthAt(at: number): number {
    const [one, two, three] = [textAt(at), textAt(at + 1), textAt(at + 2)];
    const isHalf = /^[01]$/.test(one);
    if (isHalf && /^5(t|tesla)$/.test(two)) return 2;
    if (isHalf && two === '5' && /^(t|tesla)$/.test(three)) return 3;
    if (/^[1379]$/.test(one) && /^(t|tesla)$/.test(two)) return 2;
    return /^[1379](t|tesla)$/.test(one) ? 1 : 0;
  }

  function isBesideImage(at: number): boolean {
    let after = at + 2;
    while (contrastMedium.has(textAt(after)) || (isOfContext(textAt(after)) && !isImageWord(textAt(after)))) after++;
    let before = at - 1;
    while (fillers.has(textAt(before))) before--;
    return isImageWord(textAt(after)) || isImageWord(textAt(before));
  }
}
