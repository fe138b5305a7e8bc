import type { Job, JobEvent } from '#contract/job.js';

/** What is known of a job that was asked for "bone" and waits. */
export const aFollowedJob = (id: string, lastEventId: number, studyInstanceUID = '1.2'): Job => ({
  id,
  state: 'queued',
  request: { studyInstanceUID, seriesInstanceUID: '1.2.3', prompts: ['bone'] },
  targets: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  stageTimes: {},
  notes: [],
  findings: [],
  lastEventId,
});

/** Changes of jobs that a test announces to those who listen. */
export function announcedJobs() {
  const listeners = new Set<(event: JobEvent) => void>();
  return {
    listeners,
    subscribe(listener: (event: JobEvent) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    announce(job: Job): void {
      for (const listener of listeners) listener({ sequence: job.lastEventId, job });
    },
  };
}
