import type { Link, Word } from './readWords.js';
import { letterOf } from './sideOfImageWords.js';

/** Verbs of a request, unless a preposition or a side precedes them: "display the left lung", "left on the display". */
const alsoVerbs: readonly string[] = ['view', 'display'];

/**
 * Phrases that mean a side of the picture; if the side may belong to the next structure, the following words are
 * checked. "Image: left lung" and "left lung in the image" mean the patient's side, "lung left in this scan" is a label
 * from other programs. In a pattern `
 * ` stands for articles, adjectives and the like.
 */
const phrases: readonly RegExp[] = [
  // "left lung as seen on the screen", "linke Lunge wie gezeigt"
  's.*[lp]d',
  // "left lung as I see it", "links, wie ich es sehe"
  's.*[lp]e[fqx]?[dk]|es[nm]*k',
  // "left side of the axial image", "left in the picture", "on the left, on the screen"
  's[nm]*[po]~*i',
  '[po]~*s[nm]*l[po]~*i',
  // "at the left of the scan", "on the left in the scan"; not "lung left in this scan"
  's[nm]*o~*w|s[nm]*n[pfy]+~*w|[po][fy]*s[nm]*p~*w',
  // "left image", "left-hand side of screen", "der linken Seite des Bildes"
  's[nmw]*i|s[nm]+[fyq]*[mw]*i',
  // "image left", "im Bild links", "in the image the left"
  'is|i[fy]+s(?:n|l|$)|il[fy]*s(?:l|$)|z.*[iw]|[iw].*z',
  // "in the scan on the left", "in the picture, at the left"; not "an image of the left lung"
  '[iw]l?[fy]*[po][fy]*s(?!s*x)',
  // "on the left as displayed", "shown on the left"
  's[nm]*[fpl]*[dm]$|s[nm]*[fpl]*d|[dm][po][fy]*s(?!s*x)',
  // "on my left"
  'ys(?!s*x)',
  // "auf der linken Bildseite", "bildlinks", "to the viewer's left", "links vom Betrachter"
  'b|[cv].*s|s.*[cv]',
].map((phrase) => new RegExp(phrase.replaceAll('~', '[fmwqy]')));

/**
 * The words of a phrase that names a side of the picture: "on the left side of the image". By convention images show
 * the patient's right on their left, unless a viewer turned or mirrored them, so such a side does not determine a side
 * of the patient.
 *
 * @returns the side and the words around it; undefined if the sentence names no such side
 */
export function sideOfImage(sentence: readonly (Word | Link)[]): readonly Word[] | undefined {
  let letters = '';
  for (const item of sentence) letters += letterFor(item, letters);
  for (const phrase of phrases) {
    const match = phrase.exec(letters);
    if (match !== null)
      return sentence.slice(match.index, match.index + match[0].length).filter((item) => item.kind === 'word');
  }
  return undefined;
}

function letterFor(item: Word | Link, before: string): string {
  if (item.kind === 'link') return 'l';
  if (item.side === 'left' || item.side === 'right') return 's';
  if (alsoVerbs.includes(item.text)) return /[pos][fm]*$/.test(before) ? 'i' : 'x';
  return letterOf.get(item.text) ?? 'x';
}
