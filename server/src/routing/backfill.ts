import { firstText } from '#contract/dicomJson.js';
import type { BackfillCounts } from '#contract/routing.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import { log } from '../platform/log.js';
import { isArchiveAway } from './isArchiveAway.js';
import { type Backfills, dayAfter, type RunningBackfill } from './records/backfills.js';
import { type Routing, type RoutingParts, routeSeries } from './routeSeries.js';
import type { PreparedRule } from './rules/chooseRules.js';
import { searchStudies } from './triggers/searchStudies.js';

/**
 * A backfill pauses while this many of its jobs are open, so that it neither floods the queue nor leaves workers idle.
 */
const mostOpenJobs = 20;

export interface BackfillRunner {
  /**
   * Evaluates the next study of the oldest running backfill. After a kill, the same study is evaluated again; series
   * that were routed are not routed twice.
   * @returns whether there is more to do at once
   */
  step(rules: readonly PreparedRule[], signal: AbortSignal): Promise<boolean>;
}

export function createBackfillRunner(backfills: Backfills, parts: RoutingParts): BackfillRunner {
  const { archive, database, lease } = parts;
  /** The studies of the current day; listed again after a restart. */
  let listed: { readonly of: string; readonly studies: readonly string[] } | undefined;

  async function studiesOf({ id, progress: { day } }: RunningBackfill, signal: AbortSignal) {
    const of = `${id} ${day}`;
    if (listed?.of !== of) listed = { of, studies: await studiesOfDay(archive, day, signal) };
    return listed.studies;
  }

  return {
    async step(rules, signal) {
      const backfill = await backfills.next();
      if (backfill === undefined || backfill.openJobs >= mostOpenJobs) return false;
      const { id, to, progress } = backfill;
      const studies = await studiesOf(backfill, signal);
      const study = studies.find((uid) => !progress.studiesDone.includes(uid));
      const asked = rules.filter(({ version }) => backfill.rules?.includes(version.rule.name) ?? true);
      const counts = study === undefined ? progress.counts : await fillStudy(study, backfill, asked, parts, signal);
      const day = study === undefined ? dayAfter(progress.day) : progress.day;
      const studiesDone = study === undefined ? [] : [...progress.studiesDone, study];
      await database.transaction(async (sql) => {
        await lease.hold(sql);
        await backfills.advance(sql, id, { day, studiesDone, counts });
        if (day > to) await backfills.complete(sql, id);
      });
      return true;
    },
  };
}

/** @returns the counts with those of the study */
async function fillStudy(
  studyInstanceUID: string,
  { id, progress }: RunningBackfill,
  rules: readonly PreparedRule[],
  parts: RoutingParts,
  signal: AbortSignal,
): Promise<BackfillCounts> {
  const counts = { ...progress.counts, studies: progress.counts.studies + 1 };
  for (const series of await parts.archive.query(['studies', studyInstanceUID, 'series'], {}, signal)) {
    const seriesInstanceUID = firstText(series, '0020000E');
    if (seriesInstanceUID === '') continue;
    counts.series++;
    try {
      const routings = await routeSeries({ studyInstanceUID, seriesInstanceUID, backfillId: id }, rules, parts, signal);
      for (const { outcome } of routings) counts[countOf[outcome]]++;
    } catch (error) {
      if (!(error instanceof PromptsegError) || error.code === 'database-unreachable' || error.code === 'cancelled')
        throw error;
      if (await isArchiveAway(error, parts.archive, signal)) throw error;
      counts.unreadable++;
      log.debug({ studyInstanceUID, seriesInstanceUID, code: error.code }, 'a series of a backfill cannot be read');
    }
  }
  return counts;
}

const countOf = { routed: 'routed', 'routed before': 'routedBefore', refused: 'refused' } as const satisfies Record<
  Routing['outcome'],
  keyof BackfillCounts
>;

async function studiesOfDay(archive: Archive, day: string, signal: AbortSignal): Promise<readonly string[]> {
  const studies = await searchStudies(archive, { StudyDate: day.replaceAll('-', '') }, signal);
  return studies.map((study) => firstText(study, '0020000D'));
}
