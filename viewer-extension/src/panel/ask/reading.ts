import type { ResolutionView } from '../../../../server/contract/prompts.js';
import { placeOf } from './promptParts.js';
import { isCurrent, type Resolution } from './useResolution.js';

/** What a run of the prompts would and would not do. */
export interface Reading {
  /** Parts of the texts, and how many of them are understood. */
  readonly parts: number;
  readonly understood: number;
  /** As typed. */
  readonly unknown: readonly string[];
}

/**
 * What the server understood of the prompts.
 * @returns undefined until its response is in, and where it could not read them
 */
export function readingOf(resolution: Resolution, prompts: readonly string[]): Reading | undefined {
  const parts = resolution.view?.resolutions;
  if (parts === undefined || !isCurrent(resolution, prompts)) return undefined;
  const unknown = parts.filter(isUnknown).map(({ prompt }) => prompt);
  return { parts: parts.length, understood: parts.length - unknown.length, unknown };
}

export const isUnknown = ({ targets }: ResolutionView): boolean => targets.length === 0;

/** A text in pieces: what was not understood, and what stands between. */
export type MarkedText = readonly { readonly text: string; readonly isUnknown: boolean }[];

/**
 * Finds the unknown parts where they were typed. A part that the server worded differently stays unmarked.
 * @param parts all of the text, in their order, because a known part may contain the words of an unknown one
 */
export function markUnknown(text: string, parts: readonly ResolutionView[]): MarkedText {
  const pieces: { text: string; isUnknown: boolean }[] = [];
  let at = 0;
  for (const part of parts) {
    const found = placeOf(text, part.prompt, at);
    if (found < 0) continue;
    const end = found + part.prompt.length;
    if (isUnknown(part)) {
      pieces.push({ text: text.slice(at, found), isUnknown: false }, { text: text.slice(found, end), isUnknown: true });
    } else pieces.push({ text: text.slice(at, end), isUnknown: false });
    at = end;
  }
  return [...pieces, { text: text.slice(at), isUnknown: false }].filter((piece) => piece.text !== '');
}
