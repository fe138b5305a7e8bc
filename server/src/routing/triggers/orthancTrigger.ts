import type { Database, SqlExecutor } from '../../database/database.js';
import type { Change, ChangesPage, OrthancChanges } from '../../pacs/orthancChanges.js';
import { log } from '../../platform/log.js';
import type { Arrivals, ReportedSeries } from '../records/arrivals.js';
import type { RouterLease } from '../records/routerLease.js';
import type { TriggerStates } from '../records/triggerStates.js';
import { arrivedAfter, type CatchUp, catchUpFrom, momentOf, readCatchUpPage } from './catchUp.js';
import { continuityOf, type Remembered, rememberAlso } from './continuity.js';
import { type FeedGap, keptGaps, type Trigger } from './trigger.js';

/** The stored position in Orthanc's list of changes. */
export interface OrthancFeedState {
  /** Number of the last change that was read. */
  readonly cursor: number;
  /** The last changes that were read, to recognise the list. */
  readonly remembered: readonly Remembered[];
  /** Number of unread changes. */
  readonly lagChanges: number;
  /** Time between Orthanc's last change and the last one read, by Orthanc's clock. */
  readonly lagSeconds: number;
  /** When Orthanc was read last. */
  readonly readAt: string;
  /** Newest first. */
  readonly gaps: readonly FeedGap[];
  /** The search for series that arrived in a gap. */
  readonly catchUp?: CatchUp;
}

const pageLength = 500;
/** A request to Orthanc on loopback takes 2 ms. */
const everyMs = 1000;
/** Interval at which an idle feed records that it was read. */
const writeIdleEveryMs = 10_000;

/**
 * Follows Orthanc's list of changes: StableSeries makes a series ready, NewInstance shows that one is arriving.
 *
 * Orthanc keeps unstable series in memory only: after a restart it never reports StableSeries for them (seen with
 * 1.10.1). So a series without further reports for `settleSeconds` is queried; "stable" then means that nothing more
 * arrives.
 */
export function createOrthancTrigger({
  changes,
  database,
  lease,
  arrivals,
  states,
  settleSeconds,
  onGap,
}: {
  readonly changes: OrthancChanges;
  readonly database: Database;
  readonly lease: RouterLease;
  readonly arrivals: Arrivals;
  readonly states: TriggerStates;
  readonly settleSeconds: number;
  readonly onGap: (kind: FeedGap['kind']) => void;
}): Trigger {
  return {
    everyMs,
    async read(signal) {
      const state = await states.load<OrthancFeedState>('orthanc');
      if (state === undefined) return begin(signal);
      if (state.catchUp !== undefined) return catchUp(state, state.catchUp, signal);
      const [oldest] = state.remembered;
      const page = await changes.after((oldest?.Seq ?? state.cursor + 1) - 1, pageLength, signal);
      const continuity = continuityOf(page, state.remembered, state.cursor);
      if (continuity.kind !== 'continuous') return gap(state, continuity.kind, signal);
      await follow(state, page, continuity.fresh, signal);
      if (!page.Done) return true;
      await askAboutQuiet(signal);
      return false;
    },
  };

  /** Series that are already in the archive are not routed; backfills are for those. */
  async function begin(signal: AbortSignal): Promise<boolean> {
    const { Changes, Last } = await changes.last(signal);
    log.info('reading the changes of Orthanc from now on');
    await write([], { cursor: Last, remembered: Changes, lagChanges: 0, lagSeconds: 0, gaps: [] });
    return false;
  }

  async function follow(state: OrthancFeedState, page: ChangesPage, fresh: readonly Change[], signal: AbortSignal) {
    const [last] = fresh.slice(-1);
    const idle = last === undefined && state.lagChanges === 0;
    if (idle && Date.now() - Date.parse(state.readAt) < writeIdleEveryMs) return;
    const cursor = last?.Seq ?? state.cursor;
    const reported = await seriesReported(fresh, signal);
    const lag = page.Done ? { lagChanges: 0, lagSeconds: 0 } : await lagBehind(cursor, last, signal);
    const { gaps } = state;
    await write(reported, { cursor, remembered: rememberAlso(state.remembered, fresh), gaps, ...lag });
  }

  /** The series of these changes: ready if StableSeries is the last report of it. */
  async function seriesReported(fresh: readonly Change[], signal: AbortSignal): Promise<readonly ReportedSeries[]> {
    const ofSeries = new Map<string, number>();
    const ofInstances = new Map<string, number>();
    for (const { ChangeType, ID, Seq } of fresh) {
      if (ChangeType === 'StableSeries') ofSeries.set(ID, Seq);
      else if (ChangeType === 'NewInstance') ofInstances.set(ID, Seq);
    }
    const found = await changes.seriesOf([...ofSeries.keys(), ...ofInstances.keys()], signal);
    return found.map(({ archiveId, studyInstanceUID, seriesInstanceUID, instanceIds, isStable }) => {
      const stableAt = ofSeries.get(archiveId) ?? 0;
      // A series that is no longer stable has grown since; the next page shows it.
      const complete = isStable && stableAt > 0 && instanceIds.every((id) => (ofInstances.get(id) ?? 0) <= stableAt);
      return {
        archiveId,
        studyInstanceUID,
        seriesInstanceUID,
        numberOfInstances: instanceIds.length,
        state: complete ? 'ready' : 'arriving',
      };
    });
  }

  async function lagBehind(cursor: number, last: Change | undefined, signal: AbortSignal) {
    const { Changes, Last } = await changes.last(signal);
    const [newest] = Changes;
    const lagSeconds = newest && last ? secondsBetween(last.Date, newest.Date) : 0;
    return { lagChanges: Math.max(0, Last - cursor), lagSeconds };
  }

  async function gap(state: OrthancFeedState, kind: FeedGap['kind'], signal: AbortSignal): Promise<boolean> {
    const { Changes, Last } = await changes.last(signal);
    log.warn({ kind }, 'the list of changes of Orthanc does not go on where it was left; looking for what has arrived');
    onGap(kind);
    const gaps = [{ at: new Date().toISOString(), kind }, ...state.gaps].slice(0, keptGaps);
    await write([], { ...state, gaps, catchUp: catchUpFrom(state, { cursor: Last, remembered: Changes }) });
    return true;
  }

  async function catchUp(state: OrthancFeedState, from: CatchUp, signal: AbortSignal): Promise<boolean> {
    const { series, next } = await readCatchUpPage(changes, from, signal);
    const reported = series.filter(arrivedAfter(from)).map(reportedNow);
    const found = from.found + reported.length;
    if (next !== undefined) {
      await write(reported, { ...state, catchUp: { ...from, offset: next, found } });
      return true;
    }
    const [newest, ...older] = state.gaps;
    const gaps = newest === undefined ? [] : [{ ...newest, seriesFound: found }, ...older];
    log.info({ found }, 'found what arrived meanwhile; continuing with the changes of Orthanc');
    await write(reported, { cursor: from.cursor, remembered: from.remembered, lagChanges: 0, lagSeconds: 0, gaps });
    return true;
  }

  /** Series for which Orthanc may never report StableSeries. */
  async function askAboutQuiet(signal: AbortSignal): Promise<void> {
    const quiet = await arrivals.quietFor(settleSeconds, pageLength);
    if (quiet.length === 0) return;
    const ids = quiet.flatMap(({ archiveId }) => (archiveId === undefined ? [] : [archiveId]));
    const found = new Map((await changes.seriesOf(ids, signal)).map((one) => [one.archiveId, one]));
    const reported = quiet.map((one): ReportedSeries => {
      const there = found.get(one.archiveId ?? '');
      // A series that is not stable is checked again after the same time; a deleted one is not.
      if (there !== undefined) return reportedNow(there);
      const { studyInstanceUID, seriesInstanceUID } = one;
      return { studyInstanceUID, seriesInstanceUID, state: 'known' };
    });
    await database.transaction(async (sql) => {
      await lease.hold(sql);
      await arrivals.report(sql, reported);
    });
  }

  function write(reported: readonly ReportedSeries[], state: Omit<OrthancFeedState, 'readAt'>): Promise<void> {
    return database.transaction(async (sql: SqlExecutor) => {
      await lease.hold(sql);
      await arrivals.report(sql, reported);
      await states.save(sql, 'orthanc', { ...state, readAt: new Date().toISOString() });
    });
  }
}

function reportedNow({
  archiveId,
  studyInstanceUID,
  seriesInstanceUID,
  instanceIds,
  isStable,
}: Awaited<ReturnType<OrthancChanges['listSeries']>>[number]): ReportedSeries {
  const state = isStable ? 'ready' : 'arriving';
  return { archiveId, studyInstanceUID, seriesInstanceUID, numberOfInstances: instanceIds.length, state };
}

function secondsBetween(earlier: string, later: string): number {
  const [from, to] = [earlier, later].map(momentOf);
  return Math.max(0, (Number(to) - Number(from)) / 1000 || 0);
}
