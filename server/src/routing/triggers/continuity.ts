import type { Change, ChangesPage } from '../../pacs/orthancChanges.js';

/** An entry that was read before, remembered to recognise the list. */
export type Remembered = Pick<Change, 'Seq' | 'ID' | 'ChangeType' | 'Date'>;

/** Enough that not all of their resources are deleted between two reads: an entry disappears with its resource. */
export const rememberedChanges = 20;

/** Whether the list of changes continues where it was left. */
export type Continuity =
  /** `fresh`: entries that were not read before. */
  | { readonly kind: 'continuous'; readonly fresh: readonly Change[] }
  /** A different list: Orthanc's database was recreated, or an old copy of it was restored. */
  | { readonly kind: 'reset' }
  /** The remembered entries are gone: somebody cleared the list, perhaps including entries that were not read. */
  | { readonly kind: 'cleared' };

/**
 * Compares a page, read from the oldest remembered entry on, with what is remembered.
 *
 * Numbers alone are not enough: a new database counts from 1 and may have passed the old number meanwhile. So entries
 * are compared by number and content. A missing entry means nothing as long as another one is present.
 * @param remembered ascending by number; empty if nothing was read yet
 * @param cursor number of the last change that was read, or that existed when reading began
 */
export function continuityOf(page: ChangesPage, remembered: readonly Remembered[], cursor: number): Continuity {
  // An empty page has the number of the last change ever.
  if (page.Changes.length === 0 && page.Last < cursor) return { kind: 'reset' };
  const entries = new Map(page.Changes.map((change) => [change.Seq, change]));
  let known = 0;
  for (const { Seq, ID, ChangeType } of remembered) {
    const entry = entries.get(Seq);
    if (entry === undefined) continue;
    if (entry.ID !== ID || entry.ChangeType !== ChangeType) return { kind: 'reset' };
    known++;
  }
  if (remembered.length > 0 && known === 0) return { kind: page.Last < cursor ? 'reset' : 'cleared' };
  return { kind: 'continuous', fresh: page.Changes.filter(({ Seq }) => Seq > cursor) };
}

/** What to remember after `fresh` was read. */
export const rememberAlso = (remembered: readonly Remembered[], fresh: readonly Change[]): readonly Remembered[] =>
  [...remembered, ...fresh].slice(-rememberedChanges);
