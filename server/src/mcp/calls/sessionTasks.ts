import { randomUUID } from 'node:crypto';
import type { CreateTaskOptions, TaskStore } from '@modelcontextprotocol/sdk/experimental/tasks/interfaces.js';
import type { Result, Task } from '@modelcontextprotocol/sdk/types.js';
import { PromptsegError } from '../../platform/errors.js';

interface Kept {
  task: Task;
  result?: Result;
  readonly timer: NodeJS.Timeout;
}

/**
 * The tasks of one session, in memory. Unlike the SDK's own store, whose timers would keep a server from ending, it
 * reports which task was cancelled.
 */
export class SessionTasks implements TaskStore {
  readonly #tasks = new Map<string, Kept>();

  /** @param onCancelled called with the id of a task that the agent cancelled */
  constructor(private readonly onCancelled: (taskId: string) => void) {}

  async createTask({ ttl = null, pollInterval }: CreateTaskOptions): Promise<Task> {
    const taskId = randomUUID();
    const now = new Date().toISOString();
    const task: Task = {
      taskId,
      status: 'working',
      ttl,
      createdAt: now,
      lastUpdatedAt: now,
      ...(pollInterval !== undefined && { pollInterval }),
    };
    const timer = setTimeout(() => this.#tasks.delete(taskId), ttl ?? 0);
    this.#tasks.set(taskId, { task, timer: timer.unref() });
    return { ...task };
  }

  async getTask(taskId: string): Promise<Task | null> {
    const kept = this.#tasks.get(taskId);
    return kept === undefined ? null : { ...kept.task };
  }

  async storeTaskResult(taskId: string, status: 'completed' | 'failed', result: Result): Promise<void> {
    this.#change(taskId, status);
    this.#of(taskId).result = result;
  }

  async getTaskResult(taskId: string): Promise<Result> {
    const { result } = this.#of(taskId);
    if (result === undefined) throw new PromptsegError('not-found', 'The task has no result.');
    return result;
  }

  async updateTaskStatus(taskId: string, status: Task['status'], statusMessage?: string): Promise<void> {
    this.#change(taskId, status, statusMessage);
    if (status === 'cancelled') this.onCancelled(taskId);
  }

  async listTasks(): Promise<{ tasks: Task[] }> {
    return { tasks: [...this.#tasks.values()].map(({ task }) => ({ ...task })) };
  }

  /** Forgets all of them. */
  clear(): void {
    for (const { timer } of this.#tasks.values()) clearTimeout(timer);
    this.#tasks.clear();
  }

  #of(taskId: string): Kept {
    const kept = this.#tasks.get(taskId);
    if (kept !== undefined) return kept;
    throw new PromptsegError('not-found', 'There is no such task.');
  }

  #change(taskId: string, status: Task['status'], statusMessage?: string): void {
    const kept = this.#of(taskId);
    if (['completed', 'failed', 'cancelled'].includes(kept.task.status))
      throw new PromptsegError('not-found', 'The task has ended.');
    const lastUpdatedAt = new Date().toISOString();
    kept.task = { ...kept.task, status, lastUpdatedAt, ...(statusMessage !== undefined && { statusMessage }) };
  }
}
