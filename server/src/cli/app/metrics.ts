import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Job } from '#contract/job.js';
import { jobStates } from '#contract/jobState.js';
import type { JobLists } from '../../jobs/records/jobLists.js';
import type { JobStore } from '../../jobs/records/jobStore.js';

export interface Metrics {
  readonly registry: Registry;
  observeEnd(job: Job): void;
}

/**
 * `/metrics` in Prometheus' text format. Labels are states, stages, models and error codes, never UIDs, prompts or
 * patient data.
 */
export function createMetrics({
  countByState,
  queueLength,
}: Pick<JobStore, 'countByState'> & Pick<JobLists, 'queueLength'>): Metrics {
  const registry = new Registry();
  new Gauge({
    name: 'promptseg_jobs',
    help: 'Recorded jobs, by state.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const counts = await countByState();
      for (const state of jobStates) this.set({ state }, counts[state] ?? 0);
    },
  });
  new Gauge({
    name: 'promptseg_queue_oldest_wait_seconds',
    help: 'Age of the oldest job that waits for a worker; 0 if none waits.',
    registers: [registry],
    async collect() {
      this.set((await queueLength()).oldestWaitSeconds ?? 0);
    },
  });
  new Gauge({
    name: 'promptseg_queue_jobs',
    help: 'Jobs that have not ended: running, or waiting for a worker, a retry or the hours of their rule.',
    labelNames: ['waits_for'],
    registers: [registry],
    async collect() {
      const { queued, waitingForRetry, waitingForRule, running } = await queueLength();
      this.set({ waits_for: 'worker' }, queued);
      this.set({ waits_for: 'retry' }, waitingForRetry);
      this.set({ waits_for: 'rule' }, waitingForRule);
      this.set({ waits_for: 'end' }, running);
    },
  });
  const waitSeconds = new Histogram({
    name: 'promptseg_wait_seconds',
    help: 'Time from acceptance to the start of the last run, of ended jobs.',
    labelNames: ['priority'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300, 1800, 7200],
    registers: [registry],
  });
  const retries = new Counter({
    name: 'promptseg_retries_total',
    help: 'Failed attempts that were retried, of ended jobs, by error code.',
    labelNames: ['code'],
    registers: [registry],
  });
  const ended = new Counter({
    name: 'promptseg_jobs_ended_total',
    help: 'Jobs ended since the server started, by state, model and error code.',
    labelNames: ['state', 'model', 'code'],
    registers: [registry],
  });
  const stageSeconds = new Histogram({
    name: 'promptseg_stage_seconds',
    help: 'Time that ended jobs spent in each stage.',
    labelNames: ['stage', 'model'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
    registers: [registry],
  });
  return {
    registry,
    observeEnd(job) {
      const model = job.model?.id ?? '';
      ended.inc({ state: job.state, model, code: job.problem?.code ?? '' });
      for (const { code } of job.failedAttempts ?? []) retries.inc({ code });
      if (job.startedAt !== undefined)
        waitSeconds.observe(
          { priority: job.request.priority ?? 'interactive' },
          (Date.parse(job.startedAt) - Date.parse(job.createdAt)) / 1000,
        );
      for (const [stage, milliseconds] of Object.entries(job.stageTimes))
        stageSeconds.observe({ stage, model }, milliseconds / 1000);
    },
  };
}
