import { readStored, store } from '../browserStorage.js';
import type { Look } from '../host.js';

/** A result that is drawn. */
export interface KeptResult {
  readonly sopInstanceUID: string;
  /** Segment Numbers that are not drawn. */
  readonly hidden: readonly number[];
}

/** How a study is looked at in this tab of the browser: UIDs and numbers, nothing else of the patient. */
export interface KeptSession {
  /** The result that the address names, once it was opened: a reload shows what was on screen, not the link again. */
  readonly opened?: string;
  /** What the active viewport showed. */
  readonly look?: Look;
  readonly results: readonly KeptResult[];
}

const keyOf = (studyInstanceUID: string): string => `session.1.${studyInstanceUID}`;

export const keptSession = (studyInstanceUID: string): KeptSession | undefined =>
  readStored(keyOf(studyInstanceUID), (stored) => stored as KeptSession, 'session');

export const keepSession = (studyInstanceUID: string, session: KeptSession): void =>
  store(keyOf(studyInstanceUID), session, 'session');
