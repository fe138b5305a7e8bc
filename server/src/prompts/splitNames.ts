import { lookUp, type Name, nameOf } from './findNames.js';
import type { Link, Word } from './readWords.js';
import type { VocabularyIndex } from './vocabularyIndex.js';

/** Joins words that a list or a heading has split: words that are a name only together with words beyond a link. */
export function joinSplitNames(items: readonly (Name | Word | Link)[], index: VocabularyIndex): (Name | Word | Link)[] {
  return turnHeadings(completeEllipses(items, index), index);
}

/** "Ventricle, Fourth", as in headings of catalogues: words after a name and a link that form a name with it. */
function turnHeadings(items: readonly (Name | Word | Link)[], index: VocabularyIndex): (Name | Word | Link)[] {
  const turned: (Name | Word | Link)[] = [];
  for (let at = 0; at < items.length; at++) {
    const item = items[at]!;
    const words = item.kind === 'name' && items[at + 1]?.kind === 'link' ? wordsFrom(items, at + 2) : [];
    const all = item.kind === 'name' ? [...words, ...item.words] : [];
    const match = words.length > 0 && all.length <= index.longestName ? lookUp(all, undefined, index) : undefined;
    if (item.kind !== 'name' || match === undefined) {
      turned.push(item);
      continue;
    }
    turned.push({ ...nameOf(match, all, item.sides), start: item.start, end: words.at(-1)!.end });
    at += 1 + words.length;
  }
  return turned;
}

/** The words up to the next link or the end; none if a name or a side is among them. */
function wordsFrom(items: readonly (Name | Word | Link)[], start: number): Word[] {
  const link = items.findIndex((item, at) => at >= start && item.kind === 'link');
  const part = items.slice(start, link < 0 ? items.length : link);
  const words = part.filter((item): item is Word => item.kind === 'word' && item.side === undefined);
  return words.length === part.length ? words : [];
}

/**
 * "third and fourth ventricle", "upper, middle and lower lobe": words before a link that form a name with the last
 * words of the next name. From right to left, so each completes the previous one.
 */
function completeEllipses(items: readonly (Name | Word | Link)[], index: VocabularyIndex): (Name | Word | Link)[] {
  const completed = [...items];
  for (let link = completed.length - 2; link > 0; link--) {
    const behind = completed[link + 1];
    if (completed[link]?.kind !== 'link' || behind?.kind !== 'name') continue;
    const before = wordsBefore(completed, link, index.longestName);
    for (let from = 0; from < before.length; from++) {
      const words = before.slice(from);
      const name = nameWithTailOf(behind, words, index);
      if (name === undefined) continue;
      completed.splice(link - words.length, words.length, name);
      link -= words.length;
      break;
    }
  }
  return completed;
}

/** The words, at most `most`, directly before a position that are not a side. */
function wordsBefore(items: readonly (Name | Word | Link)[], end: number, most: number): Word[] {
  const words: Word[] = [];
  for (let at = end - 1; at >= 0 && words.length < most; at--) {
    const item = items[at]!;
    if (item.kind !== 'word' || item.side !== undefined) break;
    words.unshift(item);
  }
  return words;
}

function nameWithTailOf(behind: Name, words: readonly Word[], index: VocabularyIndex): Name | undefined {
  for (let tail = 1; tail < behind.words.length; tail++) {
    const all = [...words, ...behind.words.slice(tail)];
    const match = lookUp(all, undefined, index);
    if (match === undefined) continue;
    return { ...nameOf(match, all, behind.sides), start: words[0]!.start, end: words.at(-1)!.end };
  }
  return undefined;
}
