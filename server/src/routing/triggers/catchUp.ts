import type { OrthancChanges, OrthancSeries } from '../../pacs/orthancChanges.js';
import type { Remembered } from './continuity.js';

/** A search through all series in Orthanc for those that arrived in a gap of its list of changes. */
export interface CatchUp {
  /** Offset of the next page. */
  readonly offset: number;
  /** Last update of the series that count, by Orthanc's clock: 20260131T120000. */
  readonly since: string;
  /** Where to continue in the list of changes afterwards: its position before the search began. */
  readonly cursor: number;
  readonly remembered: readonly Remembered[];
  readonly found: number;
}

const pageLength = 200;
/** Pages overlap, because a series that is deleted meanwhile shifts the others forward. */
const overlap = 20;
/** Series reported shortly before the gap are reported again rather than missed; they are not routed twice. */
const marginMs = 60 * 60 * 1000;

export function catchUpFrom(
  { remembered, readAt }: { readonly remembered: readonly Remembered[]; readonly readAt: string },
  goOn: Pick<CatchUp, 'cursor' | 'remembered'>,
): CatchUp {
  const lastRead = remembered.at(-1)?.Date;
  const at = lastRead === undefined ? Date.parse(readAt) : momentOf(lastRead);
  return { ...goOn, offset: 0, since: textOf(at - marginMs), found: 0 };
}

/** `next`: offset of the next page; undefined if this was the last. */
export async function readCatchUpPage(
  changes: Pick<OrthancChanges, 'listSeries'>,
  { offset }: CatchUp,
  signal: AbortSignal,
): Promise<{ readonly series: readonly OrthancSeries[]; readonly next: number | undefined }> {
  const series = await changes.listSeries(offset, pageLength, signal);
  return { series, next: series.length < pageLength - overlap ? undefined : offset + pageLength - overlap };
}

/** Whether a series arrived or grew after the last change that was read; true if Orthanc does not know its time. */
export const arrivedAfter =
  ({ since }: CatchUp) =>
  ({ lastUpdate }: OrthancSeries): boolean =>
    lastUpdate === '' || lastUpdate >= since;

/** Milliseconds of Orthanc's 20260131T120000, UTC. */
export const momentOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d).*$/, '$1-$2-$3T$4:$5:$6Z'));

const textOf = (moment: number): string => new Date(moment).toISOString().replaceAll(/[-:]|\.\d+Z$/g, '');
