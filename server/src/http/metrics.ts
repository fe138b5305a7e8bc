import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Job, jobStates } from '../jobs/job.js';
import type { JobStore } from '../jobs/jobStore.js';

export interface Metrics {
  readonly registry: Registry;
  observeEnd(job: Job): void;
}

/** `/metrics` in Prometheus' text format. Labels are states, stages, models and error codes: never a UID, a prompt or a patient. */
export function createMetrics(countByState: JobStore['countByState']): Metrics {
  const registry = new Registry();
  new Gauge({
    name: 'promptseg_jobs',
    help: 'Jobs on record, by state.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const counts = await countByState();
      for (const state of jobStates) this.set({ state }, counts[state] ?? 0);
    },
  });
  const ended = new Counter({
    name: 'promptseg_jobs_ended_total',
    help: 'Jobs that ended since the server started, by state, model and error code.',
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
      for (const [stage, milliseconds] of Object.entries(job.stageTimes))
        stageSeconds.observe({ stage, model }, milliseconds / 1000);
    },
  };
}
