import { errorTable } from '#contract/errorTable.js';
import type { Job } from '#contract/job.js';
import { hasEnded } from '#contract/jobState.js';
import { PromptsegError } from '../../platform/errors.js';
import type { Member } from './chooseSeries.js';
import type { Cohort, CohortFolder, SeriesProgress } from './cohortFolder.js';
import type { CohortServer } from './cohortServer.js';

/** Number of open jobs: enough for several workers, few enough to leave the queue to others. */
const mostOpen = 16;

export interface CohortProgress {
  readonly ended: number;
  readonly all: number;
  /** Called once when the server stops responding, and once when it responds again. */
  readonly message?: string;
}

export interface RunCohortOptions {
  readonly server: CohortServer;
  readonly folder: CohortFolder;
  /** Request series again that were refused or whose job failed. */
  readonly again: boolean;
  readonly onProgress: (progress: CohortProgress) => void;
  /** Between two looks at the open jobs. */
  readonly pause: () => Promise<void>;
}

/**
 * Requests a job for each series, at the lowest priority, and waits for all of them. The progress is always on disk, so
 * a killed run continues without a second job for any series. Calls are repeated until the server responds.
 */
export async function runCohort(
  { request, members }: Cohort,
  { server, folder, again, onProgress, pause }: RunCohortOptions,
): Promise<void> {
  const waiting: Member[] = [];
  /** Series → id of its job. */
  const open = new Map<Member, string>();
  for (const member of members) {
    const progress = await folder.readSeries(member.seriesInstanceUID);
    if (progress?.state === 'submitted') open.set(member, progress.job);
    else if (progress === undefined || progress.state === 'submitting' || (again && !isCompleted(progress)))
      waiting.push(member);
  }
  const report = (message?: string): void =>
    onProgress({
      ended: members.length - waiting.length - open.size,
      all: members.length,
      ...(message && { message }),
    });

  report();
  while (waiting.length > 0 || open.size > 0) {
    while (waiting.length > 0 && open.size < mostOpen) {
      const member = waiting[0]!;
      const progress = await requestSeries(member);
      if (progress === undefined) break;
      waiting.shift();
      if (progress.state === 'submitted') open.set(member, progress.job);
      report();
    }
    for (const [member, id] of open) {
      const job = await persist(() => findJob(id));
      if (job !== undefined && !hasEnded(job)) continue;
      open.delete(member);
      if (job === undefined) waiting.push(member);
      else await keepEnded(member, job);
      report();
    }
    if (waiting.length > 0 || open.size > 0) await pause();
  }

  /** @returns undefined if the server accepts no job now */
  async function requestSeries(member: Member): Promise<SeriesProgress | undefined> {
    const { seriesInstanceUID } = member;
    const whole = { ...member, ...request, priority: 'backfill' } as const;
    const known = await folder.readSeries(seriesInstanceUID);
    let since = known?.state === 'submitting' ? known.at : undefined;
    for (;;) {
      // Whether an earlier request arrived before this program or the connection ended.
      const earlier = since && (await persist(() => server.find(whole, anHourBefore(since!))));
      if (earlier) return keep({ state: 'submitted', job: earlier.id });
      if (since === undefined) {
        since = new Date().toISOString();
        await keep({ state: 'submitting', at: since });
      }
      try {
        return await keep({ state: 'submitted', job: (await server.submit(whole)).id });
      } catch (error) {
        if (!(error instanceof PromptsegError)) throw error;
        if (error.code === 'server-unreachable') continue;
        // The server has enough jobs of ours, or its archive does not respond.
        if (errorTable[error.code].transient) return undefined;
        return keep({ state: 'refused', code: error.code, reason: error.message });
      }
    }

    async function keep(progress: SeriesProgress): Promise<SeriesProgress> {
      await folder.writeSeries(seriesInstanceUID, progress);
      return progress;
    }
  }

  /** Calls the server until it responds. */
  async function persist<T>(call: () => Promise<T>): Promise<T> {
    for (let isDown = false; ; isDown = true)
      try {
        const value = await call();
        if (isDown) report('The server responds again.');
        return value;
      } catch (error) {
        if (!(error instanceof PromptsegError) || error.code !== 'server-unreachable') throw error;
        if (!isDown)
          report('The server does not respond. Waiting for it; Ctrl-C ends, and the same command continues.');
        await pause();
      }
  }

  /** @returns undefined if the server has lost its records */
  async function findJob(id: string): Promise<Job | undefined> {
    try {
      return await server.job(id);
    } catch (error) {
      if (error instanceof PromptsegError && error.code === 'job-not-found') return undefined;
      throw error;
    }
  }

  async function keepEnded({ seriesInstanceUID }: Member, job: Job): Promise<void> {
    // Pictures are optional: a result that was deleted meanwhile has none.
    const picture = job.result && (await server.thumbnail(job.id).catch(() => undefined));
    if (picture !== undefined) await folder.writeFile(`pictures/${seriesInstanceUID}.png`, picture);
    await folder.writeSeries(seriesInstanceUID, { state: 'ended', job });
  }
}

const isCompleted = (progress: SeriesProgress): boolean =>
  progress.state === 'ended' && progress.job.state === 'completed';

/** The server's clock may be behind this one. */
const anHourBefore = (time: string): string => new Date(Date.parse(time) - 3_600_000).toISOString();
