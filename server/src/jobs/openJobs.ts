import { recordAudit } from '../database/auditTrail.js';
import type { Database, DatabaseLocation } from '../database/database.js';
import { migrate } from '../database/migrations.js';
import { openDatabase } from '../database/openDatabase.js';
import { createOutbox, type Outbox } from './outbox/outbox.js';
import { releaseHeld, sendOut } from './outbox/sendOut.js';
import { createJobQueue, type JobQueue } from './queue/jobQueue.js';
import { createLeases, type Leases } from './queue/leases.js';
import { type Messages, openMessages } from './queue/messages.js';
import { delivered, released } from './records/auditedJob.js';
import { type DraftStore, openDraftStore } from './records/draftStore.js';
import { createFeedbackStore, type FeedbackStore } from './records/feedbackStore.js';
import { type JobEvents, listenToJobs } from './records/jobEvents.js';
import { createJobLists, type JobLists } from './records/jobLists.js';
import { createJobStore, type JobStore } from './records/jobStore.js';
import { createPromptSets, type PromptSets } from './records/promptSets.js';
import { createWorkerRegistry, type WorkerRegistry } from './records/workerRegistry.js';

/** The stores of jobs, shared by the server that accepts them and the worker that runs them. */
export interface Jobs {
  readonly database: Database;
  readonly store: JobStore;
  readonly lists: JobLists;
  readonly feedback: FeedbackStore;
  readonly messages: Messages;
  readonly queue: JobQueue;
  readonly events: JobEvents;
  readonly workers: WorkerRegistry;
  readonly leases: Leases;
  readonly promptSets: PromptSets;
  /** Corrections that are not stored yet. */
  readonly drafts: DraftStore;
  /** Results on their way to destinations. */
  readonly deliveries: Outbox;
  readonly webhookMessages: Outbox;
  close(): Promise<void>;
}

/**
 * Opens the database and migrates it to this program's schema. For an embedded database the caller holds the lock of
 * the data folder.
 * @throws PromptsegError `database-unreachable`, `database-newer`
 */
export async function openJobs(location: DatabaseLocation): Promise<Jobs> {
  const database = await openDatabase(location);
  try {
    const messages = await database.exclusively(async () => {
      await migrate(database);
      return openMessages(database);
    });
    const queue = createJobQueue(messages);
    const store = createJobStore(database);
    const workers = createWorkerRegistry(database);
    const deliveries = createOutbox(
      database,
      messages,
      'deliveries',
      async (sql, { jobId, target, content }, problem) =>
        recordAudit(sql, delivered(await store.get(jobId, sql), target, content, problem)),
    );
    const webhookMessages = createOutbox(database, messages, 'webhook_messages');
    const leases = createLeases({
      database,
      store,
      queue,
      workers,
      sendOut: (sql, job) => sendOut(sql, job, { deliveries, webhookMessages }),
    });
    // No other process can use this database: the workers on its list, and any deliveries under way, ended with an
    // earlier process.
    if (!database.shared) {
      await leases.takeFromSilent(0);
      await deliveries.takeFromAll();
      await webhookMessages.takeFromAll();
    }
    return {
      database,
      store,
      lists: createJobLists(database),
      feedback: createFeedbackStore(database, store, async (sql, job, by) => {
        for (const name of await releaseHeld(sql, job, deliveries)) await recordAudit(sql, released(job, name, by));
      }),
      messages,
      queue,
      workers,
      leases,
      promptSets: createPromptSets(database),
      drafts: await openDraftStore(database),
      deliveries,
      webhookMessages,
      events: await listenToJobs(database, store),
      async close() {
        await messages.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
