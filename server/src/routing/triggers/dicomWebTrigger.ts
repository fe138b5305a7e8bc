import { type DicomJson, firstText, numbersOf } from '#contract/dicomJson.js';
import type { Database, SqlExecutor } from '../../database/database.js';
import type { Archive } from '../../pacs/archive.js';
import { log } from '../../platform/log.js';
import type { Arrivals, RememberedSeries, ReportedSeries } from '../records/arrivals.js';
import type { RouterLease } from '../records/routerLease.js';
import type { TriggerStates } from '../records/triggerStates.js';
import { searchStudies } from './searchStudies.js';
import type { Trigger } from './trigger.js';

/** The stored position of the search in an archive without a list of changes. */
export interface DicomWebFeedState {
  /** The day on which the last complete search began: the next one covers studies since two days before it. */
  readonly watermark: string;
  /** When the existing series were recorded as known. */
  readonly baselineAt: string;
  /** When the last complete search ended. */
  readonly readAt: string;
  /** Number of studies that it covered. */
  readonly studies: number;
}

export interface DicomWebTrigger extends Trigger {
  /** Called when no rule is enabled: series that arrive before one is enabled are not routed. */
  pause(): void;
}

/** Study Date is the day of the examination by the scanner's clock and time zone; some studies arrive a day later. */
const daysBefore = 2;
const dayMs = 24 * 60 * 60 * 1000;
const studiesAtOnce = 10;
const studyFields = '00201206,00201208';
const seriesFields = '00201209';

/**
 * Searches for new series in an archive without notifications, by QIDO-RS. A search does not return the time of
 * arrival, so recent studies are searched repeatedly: a series is ready if its number of instances is unchanged for
 * `settleSeconds` and at least two searches. Only studies whose counts have changed are read.
 *
 * It cannot find studies that arrive with a Study Date more than two days ago (priors, imports) or without one. A
 * backfill finds those with a date.
 */
export function createDicomWebTrigger({
  archive,
  database,
  lease,
  arrivals,
  states,
  settleSeconds,
}: {
  readonly archive: Pick<Archive, 'query'>;
  readonly database: Database;
  readonly lease: RouterLease;
  readonly arrivals: Arrivals;
  readonly states: TriggerStates;
  readonly settleSeconds: number;
}): DicomWebTrigger {
  /** The current search. */
  let look:
    | { readonly day: string; readonly known?: Date; readonly studies: DicomJson[]; readonly length: number }
    | undefined;
  /** The counts of each study at the last search, if all of its series were complete. */
  const settled = new Map<string, string>();
  let pausedAt = 0;

  return {
    everyMs: (settleSeconds * 1000) / 2,
    pause() {
      pausedAt = Date.now();
      look = undefined;
    },
    async read(signal) {
      const state = await states.load<DicomWebFeedState>('dicomweb');
      look ??= await begin(state, signal);
      for (const study of look.studies.splice(0, studiesAtOnce)) await lookAt(study, look.known !== undefined, signal);
      if (look.studies.length > 0) return true;
      const { day: watermark, known, length: studies } = look;
      look = undefined;
      const readAt = new Date().toISOString();
      const baselineAt = known?.toISOString() ?? state?.baselineAt ?? readAt;
      const next: DicomWebFeedState = { watermark, baselineAt, readAt, studies };
      await write((sql) => states.save(sql, 'dicomweb', next));
      return false;
    },
  };

  async function begin(state: DicomWebFeedState | undefined, signal: AbortSignal): Promise<NonNullable<typeof look>> {
    const now = new Date();
    const day = now.toISOString().slice(0, 10);
    const isFirst = state === undefined || Date.parse(state.baselineAt) < pausedAt;
    const since = isFirst ? day : state.watermark;
    const from = new Date(Date.parse(since) - daysBefore * dayMs).toISOString().slice(0, 10).replaceAll('-', '');
    const query = { StudyDate: `${from}-`, includefield: studyFields };
    const studies = [...(await searchStudies(archive, query, signal))];
    const listed = new Set(studies.map((study) => firstText(study, '0020000D')));
    for (const uid of settled.keys()) if (!listed.has(uid)) settled.delete(uid);
    if (isFirst) log.info('looking for new series in the archive from now on');
    return { day, studies, length: studies.length, ...(isFirst && { known: now }) };
  }

  async function lookAt(study: DicomJson, isFirst: boolean, signal: AbortSignal): Promise<void> {
    const studyInstanceUID = firstText(study, '0020000D');
    const counts = [...numbersOf(study, '00201206'), ...numbersOf(study, '00201208')].join('/');
    if (!isFirst && counts !== '' && settled.get(studyInstanceUID) === counts) return;
    const remembered = await arrivals.ofStudy(studyInstanceUID);
    const found = await archive.query(['studies', studyInstanceUID, 'series'], { includefield: seriesFields }, signal);
    const reported: ReportedSeries[] = [];
    let arriving = false;
    for (const dataset of found) {
      const series = await seriesOf(studyInstanceUID, dataset, signal);
      const state = stateOf(series, remembered.get(series.seriesInstanceUID), isFirst);
      if (state !== 'as before') reported.push({ ...series, state });
      if (
        state === 'arriving' ||
        (state === 'as before' && remembered.get(series.seriesInstanceUID)?.state === 'arriving')
      )
        arriving = true;
    }
    if (reported.length > 0) await write((sql) => arrivals.report(sql, reported));
    if (arriving) settled.delete(studyInstanceUID);
    else settled.set(studyInstanceUID, counts);
  }

  function stateOf(
    { numberOfInstances }: { readonly numberOfInstances: number },
    before: RememberedSeries | undefined,
    isFirst: boolean,
  ): ReportedSeries['state'] | 'as before' {
    const unchanged = before?.numberOfInstances === numberOfInstances;
    if (isFirst) return unchanged && before.state !== 'arriving' ? 'as before' : 'known';
    if (!unchanged) return 'arriving';
    return before.state === 'arriving' && before.quietSeconds >= settleSeconds ? 'ready' : 'as before';
  }

  async function seriesOf(studyInstanceUID: string, dataset: DicomJson, signal: AbortSignal) {
    const seriesInstanceUID = firstText(dataset, '0020000E');
    const [reported] = numbersOf(dataset, '00201209');
    const path = ['studies', studyInstanceUID, 'series', seriesInstanceUID, 'instances'];
    const numberOfInstances = reported ?? (await archive.query(path, {}, signal)).length;
    return { studyInstanceUID, seriesInstanceUID, numberOfInstances };
  }

  function write(body: (sql: SqlExecutor) => Promise<void>): Promise<void> {
    return database.transaction(async (sql) => {
      await lease.hold(sql);
      await body(sql);
    });
  }
}
