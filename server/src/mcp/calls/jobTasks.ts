import type { RequestTaskStore } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { CallToolResult, CreateTaskResult } from '@modelcontextprotocol/sdk/types.js';
import { hasEnded } from '#contract/jobState.js';
import { principalOf } from '../../http/principalOf.js';
import type { AcceptedJob } from '../../jobs/jobService.js';
import { log } from '../../platform/log.js';
import { redact } from '../shown/redact.js';
import { viewJob } from '../shown/views.js';
import { type CalledTool, resultOf } from './callTool.js';
import { followToEnd } from './followToEnd.js';
import { SessionTasks } from './sessionTasks.js';
import type { AgentParts, Call } from './tool.js';

/** A day: a task and its result are forgotten after this time, or after the shorter one that the agent wants. */
const longestMs = 86_400_000;
const usualMs = 3_600_000;
const pollIntervalMs = 1000;

/**
 * Tasks of one session (MCP 2025-11-25): a call of a tool that starts a job returns at once, and the agent asks for the
 * state, the result or the end of the task. The job itself is durable; its task ends with the session.
 */
export interface JobTasks {
  /** What the server serves tasks/get, tasks/result, tasks/list and tasks/cancel from. */
  readonly store: SessionTasks;
  /**
   * Calls a tool as a task.
   * @param tasks of the request
   * @param ttl in ms, if the agent wants one
   * @param run calls the tool, which must not wait for its job; what the person is asked, is asked during this call
   */
  start(
    tasks: RequestTaskStore,
    ttl: number | null | undefined,
    call: Call,
    run: (call: Call) => Promise<CalledTool>,
  ): Promise<CreateTaskResult>;
  /** Forgets all tasks. Their jobs go on. */
  end(): void;
}

export function createJobTasks({ jobs, service }: Pick<AgentParts, 'jobs' | 'service'>): JobTasks {
  const followed = new Map<string, AbortController>();
  const cancelled = new Set<string>();

  const store = new SessionTasks((id) => {
    cancelled.add(id);
    followed.get(id)?.abort();
  });

  async function follow(taskId: string, tasks: RequestTaskStore, { job: { id }, created }: AcceptedJob, call: Call) {
    const stopping = new AbortController();
    followed.set(taskId, stopping);
    try {
      const job = await followToEnd(jobs, id, longestMs / 1000, {
        signal: stopping.signal,
        progress: (done, message) =>
          tasks.updateTaskStatus(taskId, 'working', `${message}, ${Math.round(100 * done)} %`),
      });
      if (cancelled.has(taskId)) {
        // Another call or a person may be waiting for a job that already existed.
        if (created && !hasEnded(job)) await service.cancel(id, principalOf(call.request)).catch(() => {});
        return;
      }
      if (stopping.signal.aborted) return;
      // The rights of its owner may have changed meanwhile.
      await call.job(id);
      const value = redact(viewJob(job)) as Record<string, unknown>;
      await tasks.storeTaskResult(taskId, 'completed', resultOf({ value, isError: false }));
    } finally {
      followed.delete(taskId);
      cancelled.delete(taskId);
    }
  }

  return {
    store,
    async start(tasks, ttl, call, run) {
      let accepted: AcceptedJob | undefined;
      const called = await run({
        ...call,
        accepted: (job) => {
          accepted = job;
        },
      });
      const task = await tasks.createTask({ ttl: Math.min(ttl ?? usualMs, longestMs), pollInterval: pollIntervalMs });
      if (called.isError || accepted === undefined) {
        const result: CallToolResult = resultOf(called);
        await tasks.storeTaskResult(task.taskId, called.isError ? 'failed' : 'completed', result);
        return { task: await tasks.getTask(task.taskId) };
      }
      void follow(task.taskId, tasks, accepted, call).catch((error: unknown) => {
        // A task that was forgotten meanwhile has nobody who waits for it.
        log.warn({ err: error }, 'the task of an agent ended early');
      });
      return { task };
    },
    end() {
      for (const stopping of followed.values()) stopping.abort();
      store.clear();
    },
  };
}
