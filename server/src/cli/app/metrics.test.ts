import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Job } from '#contract/job.js';
import { PromptsegError, toProblem } from '../../platform/errors.js';
import { createMetrics } from './metrics.js';

const ended: Job = {
  id: randomUUID(),
  state: 'failed',
  request: { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', prompts: ['secret words'], priority: 'routed' },
  targets: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:03.000Z',
  endedAt: '2026-01-01T00:00:09.000Z',
  stageTimes: { retrieving: 2000 },
  model: { id: 'head', version: '1.0.0', sha256: 'a' },
  failedAttempts: [
    { at: '2026-01-01T00:00:01.000Z', code: 'archive-busy', reason: 'Busy.' },
    { at: '2026-01-01T00:00:02.000Z', code: 'archive-busy', reason: 'Busy.' },
  ],
  notes: [],
  findings: [],
  problem: toProblem(new PromptsegError('store-refused', 'No.')),
  lastEventId: 1,
};

describe('metrics', () => {
  it('show the queue and how jobs ended, and no patient data', async () => {
    const metrics = createMetrics({
      countByState: async () => ({ queued: 3, failed: 1 }),
      queueLength: async () => ({
        queued: 2,
        waitingForRetry: 1,
        waitingForRule: 3,
        running: 4,
        oldestWaitSeconds: 12.5,
      }),
    });
    metrics.observeEnd(ended);
    const text = await metrics.registry.metrics();
    for (const line of [
      'promptseg_jobs{state="queued"} 3',
      'promptseg_jobs{state="completed"} 0',
      'promptseg_queue_jobs{waits_for="worker"} 2',
      'promptseg_queue_jobs{waits_for="retry"} 1',
      'promptseg_queue_jobs{waits_for="end"} 4',
      'promptseg_queue_oldest_wait_seconds 12.5',
      'promptseg_jobs_ended_total{state="failed",model="head",code="store-refused"} 1',
      'promptseg_retries_total{code="archive-busy"} 2',
      'promptseg_wait_seconds_sum{priority="routed"} 3',
      'promptseg_stage_seconds_sum{stage="retrieving",model="head"} 2',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).not.toMatch(/1\.2\.3|secret/);
  });

  it('say 0 where nobody waits', async () => {
    const metrics = createMetrics({
      countByState: async () => ({}),
      queueLength: async () => ({ queued: 0, waitingForRetry: 0, waitingForRule: 0, running: 0 }),
    });
    expect(await metrics.registry.metrics()).toContain('promptseg_queue_oldest_wait_seconds 0\n');
  });
});
