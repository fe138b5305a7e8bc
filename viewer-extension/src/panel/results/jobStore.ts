import type { Job, SegmentationRequest } from '../../../../server/contract/job.js';
import { hasEnded, leftQueue } from '../../../../server/contract/jobState.js';
import type { RefinementRequest } from '../../../../server/contract/refinements.js';
import type { Api } from '../../client/api.js';
import { pause } from '../../client/pause.js';
import type { Trouble } from '../../client/trouble.js';
import { Observable } from '../observable.js';
import { toTrouble } from '../toTrouble.js';

/** A job with its state in this panel. */
export interface TrackedJob {
  readonly job: Job;
  /** When it began by this browser's clock, in ms; the server's clock may differ. */
  readonly since: number;
  /** When `job` was read by this browser's clock; its estimates count from then. */
  readonly readAt: number;
  readonly cancelling: boolean;
  /** Cancelling went wrong. */
  readonly trouble?: Trouble;
}

/** A request that the server did not accept. */
export interface RefusedRequest {
  readonly key: number;
  readonly request: SegmentationRequest;
  readonly trouble: Trouble;
}

/** State of the event stream; `restarted` if the server came back as another process. */
export type Connection = 'connecting' | 'connected' | 'lost' | 'back' | 'restarted';

export interface JobStoreState {
  readonly studyInstanceUID?: string;
  /** Newest first. */
  readonly jobs: readonly TrackedJob[];
  readonly refused: readonly RefusedRequest[];
  /** Requests without a response yet. */
  readonly sending: number;
  readonly connection: Connection;
  /** Whether the earlier jobs have been listed. */
  readonly isListed: boolean;
  readonly listingTrouble?: Trouble;
}

const nothing: JobStoreState = { jobs: [], refused: [], sending: 0, connection: 'connecting', isListed: false };

/** A place in the queue changes when other jobs move, for which the job gets no event. */
const queueMs = 3000;

/** How long the panel shows that the connection is back. */
const backMs = 8000;

/**
 * The jobs of the study on screen, no matter who requested them. Lives outside the components, because OHIF unmounts
 * the panel when another tab is opened, while jobs continue and are followed.
 */
export class JobStore extends Observable<JobStoreState> {
  #study = new AbortController();
  readonly #draftListeners = new Set<(id: string | undefined) => void>();
  #lastKey = 0;

  /** @param onCompleted called when a job requested in this panel has found something */
  constructor(
    private readonly api: Pick<Api, 'listJobs' | 'followJobs' | 'submit' | 'refine' | 'repeat' | 'cancel'>,
    private readonly onCompleted: (job: Job) => void,
  ) {
    super(nothing);
  }

  /** Lists the study's jobs and follows them; does nothing if the study is open already. */
  async openStudy(studyInstanceUID: string): Promise<void> {
    const { listingTrouble, studyInstanceUID: open } = this.state();
    if (open === studyInstanceUID && listingTrouble === undefined) return;
    this.closeStudy();
    this.set({ ...nothing, studyInstanceUID });
    void this.#follow(studyInstanceUID, this.#study.signal);
    void this.#watchQueue(studyInstanceUID, this.#study.signal);
    await this.#list(studyInstanceUID, this.#study.signal);
  }

  /** Forgets the study and stops following its jobs, which continue on the server. */
  closeStudy(): void {
    this.#study.abort();
    this.#study = new AbortController();
    this.set(nothing);
  }

  /** @returns whether the server accepted it */
  async submit(request: SegmentationRequest): Promise<boolean> {
    const { signal } = this.#study;
    this.set({ ...this.state(), sending: this.state().sending + 1 });
    try {
      this.#accepted(await this.api.submit(request), signal);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.#lastKey += 1;
      const refused = { key: this.#lastKey, request, trouble: toTrouble(error) };
      this.set({ ...this.state(), refused: [refused, ...this.state().refused] });
      return false;
    } finally {
      if (!signal.aborted) this.set({ ...this.state(), sending: this.state().sending - 1 });
    }
  }

  /**
   * Calls the listener after each change of a correction by clicks of the study, no matter who made it; without an id
   * where any may have changed.
   */
  followDrafts(listener: (id: string | undefined) => void): void {
    this.#draftListeners.add(listener);
  }

  /** Asks for what is in a box. Throws as the API does. */
  async refine(request: RefinementRequest): Promise<void> {
    const { signal } = this.#study;
    this.#accepted(await this.api.refine(request), signal);
  }

  /** Follows a job that was asked for elsewhere in this panel as if it was asked for here. */
  adopt(job: Job): void {
    this.#accepted(job, this.#study.signal);
  }

  /** Asks for the same as a job once more, its boxes too. */
  async repeat({ id }: Job): Promise<void> {
    const { signal } = this.#study;
    try {
      this.#accepted(await this.api.repeat(id), signal);
    } catch (error) {
      if (!signal.aborted) this.#change(id, { trouble: toTrouble(error) });
    }
  }

  #accepted(job: Job, { aborted }: AbortSignal): void {
    if (aborted) return;
    this.#asked.add(job.id);
    this.#take(job, Date.now());
    // It may have completed before the response to the request arrived.
    const tracked = this.#find(job.id);
    if (tracked !== undefined) this.#emitCompleted(tracked.job);
  }

  /** Jobs that this panel asked for and whose end it has not reported. */
  readonly #asked = new Set<string>();

  /** Removes a refused request from the list. */
  dismiss(key: number): void {
    this.set({ ...this.state(), refused: this.state().refused.filter((request) => request.key !== key) });
  }

  async cancel(jobId: string): Promise<void> {
    this.#change(jobId, { cancelling: true });
    try {
      this.take(await this.api.cancel(jobId));
    } catch (error) {
      this.#change(jobId, { cancelling: false, trouble: toTrouble(error) });
    }
  }

  /** Takes over a newer state of a job of this study, returned by some request. */
  take(job: Job): void {
    this.#take(job, Date.parse(job.createdAt));
  }

  async #list(studyInstanceUID: string, signal: AbortSignal): Promise<void> {
    const before = this.state().jobs;
    try {
      const jobs = await this.api.listJobs(studyInstanceUID, { signal });
      if (signal.aborted) return;
      const listed = new Set(jobs.map(({ id }) => id));
      const gone = new Set(before.filter(({ job }) => !listed.has(job.id)));
      const { listingTrouble: _, ...state } = this.state();
      this.set({ ...state, jobs: state.jobs.filter((tracked) => !gone.has(tracked)) });
      for (const job of jobs) this.take(job);
      this.set({ ...this.state(), isListed: true });
    } catch (error) {
      // While the connection is lost, its return lists again.
      if (!signal.aborted && this.state().connection !== 'lost') {
        this.set({ ...this.state(), listingTrouble: toTrouble(error) });
      }
    }
  }

  async #follow(studyInstanceUID: string, signal: AbortSignal): Promise<void> {
    let serverStartedAt: string | undefined;
    let back: ReturnType<typeof setTimeout> | undefined;
    signal.addEventListener('abort', () => clearTimeout(back));
    const connection = (now: Connection) => {
      if (!signal.aborted && this.state().connection !== now) this.set({ ...this.state(), connection: now });
    };
    const options = {
      signal,
      onJob: (job: Job) => {
        if (!signal.aborted) this.take(job);
      },
      onDraft: (id: string | undefined) => {
        if (!signal.aborted) for (const listener of this.#draftListeners) listener(id);
      },
      onConnected: (startedAt: string) => {
        const isReturn = this.state().connection === 'lost';
        const isAnother = serverStartedAt !== undefined && serverStartedAt !== startedAt;
        serverStartedAt = startedAt;
        connection(isReturn ? (isAnother ? 'restarted' : 'back') : 'connected');
        if (isReturn) back = setTimeout(() => connection('connected'), backMs);
        void this.#list(studyInstanceUID, signal);
        options.onDraft(undefined);
      },
      onLost: () => {
        clearTimeout(back);
        connection('lost');
      },
    };
    await this.api.followJobs(studyInstanceUID, options).catch((error) => {
      if (!signal.aborted) this.set({ ...this.state(), connection: 'lost', listingTrouble: toTrouble(error) });
    });
  }

  async #watchQueue(studyInstanceUID: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(queueMs, signal);
      const { jobs, connection } = this.state();
      if (signal.aborted || connection === 'lost' || !jobs.some(({ job }) => job.state === 'queued')) continue;
      const queued = await this.api.listJobs(studyInstanceUID, { onlyQueued: true, signal }).catch(() => []);
      if (!signal.aborted) for (const job of queued) this.take(job);
    }
  }

  #take(job: Job, since: number): void {
    if (job.request.studyInstanceUID !== this.state().studyInstanceUID) return;
    const known = this.#find(job.id);
    if (known === undefined) {
      const tracked = { job, since, readAt: Date.now(), cancelling: false };
      const jobs = [...this.state().jobs, tracked].toSorted(newestFirst);
      this.set({ ...this.state(), jobs });
    } else if (isNewer(job, known.job)) {
      this.#change(job.id, { job, readAt: Date.now() });
    }
    this.#emitCompleted(job);
  }

  #emitCompleted(job: Job): void {
    if (!hasEnded(job) || !this.#asked.delete(job.id)) return;
    if (job.state === 'completed' && job.result !== undefined) this.onCompleted(job);
  }

  #find(jobId: string): TrackedJob | undefined {
    return this.state().jobs.find(({ job }) => job.id === jobId);
  }

  #change(jobId: string, change: { [Key in keyof TrackedJob]?: TrackedJob[Key] | undefined }): void {
    const jobs = this.state().jobs.map((tracked) => {
      if (tracked.job.id !== jobId) return tracked;
      const { trouble, ...rest } = { ...tracked, ...change } as TrackedJob;
      return trouble === undefined ? rest : { ...rest, trouble };
    });
    this.set({ ...this.state(), jobs });
  }
}

/** Whether `job` is not older than what is known; older views may arrive later by another way. */
function isNewer(job: Job, known: Job): boolean {
  if (leftQueue(known, job)) return true;
  if (job.lastEventId !== known.lastEventId) return job.lastEventId > known.lastEventId;
  return (job.amendedAt ?? '') >= (known.amendedAt ?? '');
}

function newestFirst(a: TrackedJob, b: TrackedJob): number {
  return b.job.createdAt.localeCompare(a.job.createdAt);
}
