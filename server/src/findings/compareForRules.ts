import type { Job } from '#contract/job.js';
import type { Database } from '../database/database.js';
import type { Jobs } from '../jobs/openJobs.js';
import { jobView, toJob } from '../jobs/records/jobView.js';
import { createBell } from '../platform/bell.js';
import { toProblem } from '../platform/errors.js';
import { log } from '../platform/log.js';
import type { Comparisons } from './comparisons.js';

/** How long a comparison can go unnoticed: only one that is tried again, or of a job that another server ended. */
const lookEveryMs = 10_000;
/** Three days outlast an outage over a weekend, as for deliveries. */
const giveUpAfterMs = 72 * 3_600_000;
const atOnce = 50;

/**
 * Starts the comparison with the earlier study that the text of a rule asks for ("ventricles now and before"), once the
 * job of the rule has completed, and records it with the job. Several servers may do so at the same time: a comparison
 * takes the job that is there for the earlier series.
 *
 * @returns a function that stops it
 */
export function compareForRules({
  jobs: { database, store, events },
  comparisons,
}: {
  readonly jobs: Pick<Jobs, 'database' | 'store' | 'events'>;
  readonly comparisons: Pick<Comparisons, 'start'>;
}): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const bell = createBell();
  const unlisten = events.onEnded((job) => {
    if (job.rule !== undefined && job.comparesWithPrior) bell.ring();
  });
  const running = run();
  return async () => {
    unlisten();
    stopping.abort();
    bell.ring();
    await running;
  };

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        for (const job of await due(database)) {
          if (signal.aborted) return;
          await compare(job);
        }
      } catch (error) {
        log.debug({ err: error }, 'comparisons of rules wait');
      }
      await bell.heard(lookEveryMs);
    }
  }

  async function compare(job: Job): Promise<void> {
    const outcome = await startOf(job);
    if (outcome === undefined) return;
    const comparedWithPrior = { at: new Date().toISOString(), ...outcome };
    await store.amend(job.id, (now) => (now.comparedWithPrior === undefined ? { comparedWithPrior } : undefined));
  }

  /** The job on the earlier series or the problem; undefined if it is to be tried again. */
  async function startOf(job: Job): Promise<Omit<NonNullable<Job['comparedWithPrior']>, 'at'> | undefined> {
    const { rule, endedAt } = job;
    if (rule === undefined || endedAt === undefined) return undefined;
    const principal = { rule, key: `${rule.name} compared`, alsoRecord: async () => {} };
    const asker = { principal, client: `rule ${rule.name}`, mayFind: undefined, signal };
    try {
      const { comparison } = await comparisons.start(job, asker);
      return { job: comparison.before.job };
    } catch (error) {
      if (signal.aborted) return undefined;
      const problem = toProblem(error);
      if (problem.code === 'internal') log.error({ err: error }, 'a comparison could not be started');
      const isTriedAgain = problem.transient && Date.now() - Date.parse(endedAt) < giveUpAfterMs;
      return isTriedAgain ? undefined : { problem };
    }
  }
}

/** Completed jobs of rules whose comparison has neither been started nor given up, oldest first. */
async function due(database: Pick<Database, 'executeSql'>): Promise<readonly Job[]> {
  const { rows } = await database.executeSql(
    `SELECT ${jobView} FROM promptseg.jobs AS jobs
     WHERE state = 'completed' AND job ? 'rule' AND job ? 'comparesWithPrior' AND NOT job ? 'comparedWithPrior'
     ORDER BY number LIMIT ${atOnce}`,
  );
  return rows.map(toJob);
}
