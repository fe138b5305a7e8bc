import type { Job, SegmentationRequest } from '../../../server/src/jobs/job.js';
import type { Api } from '../api/api.js';
import { hasEnded } from '../api/jobState.js';
import { type Trouble, toTrouble } from '../api/trouble.js';
import { strings } from '../strings.js';
import { type Host, SourceNotInViewport } from './host.js';

/** A job that the server knows, and how it stands with this panel. */
export interface TrackedJob {
  readonly job: Job;
  /** When it began by this browser's clock, in ms: the server's clock may differ. */
  readonly since: number;
  /** False while the event stream is broken and being tried again. */
  readonly connected: boolean;
  readonly cancelling: boolean;
  /** Its SEG is being fetched and drawn. */
  readonly drawing: boolean;
  /** Following, cancelling or drawing went wrong. */
  readonly trouble?: Trouble;
}

/** A request that the server did not accept. */
export interface RefusedRequest {
  readonly key: number;
  readonly request: SegmentationRequest;
  readonly trouble: Trouble;
}

export interface JobStoreState {
  readonly studyInstanceUID?: string;
  /** Newest first. */
  readonly jobs: readonly TrackedJob[];
  readonly refused: readonly RefusedRequest[];
  /** Requests that the server has not answered yet. */
  readonly sending: number;
  readonly listingTrouble?: Trouble;
}

/**
 * The jobs of the study on screen. Lives outside the components, since OHIF unmounts the panel when another tab is
 * opened: what runs goes on running, and is followed.
 */
export class JobStore {
  #state: JobStoreState = { jobs: [], refused: [], sending: 0 };
  readonly #listeners = new Set<() => void>();
  #study = new AbortController();
  #lastKey = 0;

  constructor(
    private readonly api: Api,
    private readonly host: Pick<Host, 'show' | 'jumpToSegment'>,
  ) {}

  readonly state = (): JobStoreState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Lists the study's jobs and follows those that run. Nothing happens where the study is open already. */
  async openStudy(studyInstanceUID: string): Promise<void> {
    if (this.#state.studyInstanceUID === studyInstanceUID && this.#state.listingTrouble === undefined) return;
    this.closeStudy();
    this.#set({ studyInstanceUID, jobs: [], refused: [], sending: 0 });
    const { signal } = this.#study;
    try {
      const jobs = await this.api.listJobs(studyInstanceUID, signal);
      if (!signal.aborted) for (const job of [...jobs].reverse()) this.#track(job, Date.parse(job.createdAt));
    } catch (error) {
      if (!signal.aborted) this.#set({ ...this.#state, listingTrouble: toTrouble(error) });
    }
  }

  /** Forgets the study and stops following its jobs; they go on in the server. */
  closeStudy(): void {
    this.#study.abort();
    this.#study = new AbortController();
    this.#set({ jobs: [], refused: [], sending: 0 });
  }

  async submit(request: SegmentationRequest): Promise<void> {
    const { signal } = this.#study;
    this.#set({ ...this.#state, sending: this.#state.sending + 1 });
    try {
      const job = await this.api.submit(request);
      if (!signal.aborted) this.#track(job, Date.now());
    } catch (error) {
      if (signal.aborted) return;
      this.#lastKey += 1;
      const refused = { key: this.#lastKey, request, trouble: toTrouble(error) };
      this.#set({ ...this.#state, refused: [refused, ...this.#state.refused] });
    } finally {
      if (!signal.aborted) this.#set({ ...this.#state, sending: this.#state.sending - 1 });
    }
  }

  /** Takes a refused request off the list. */
  dismiss(key: number): void {
    this.#set({ ...this.#state, refused: this.#state.refused.filter((request) => request.key !== key) });
  }

  async cancel(jobId: string): Promise<void> {
    this.#change(jobId, { cancelling: true });
    try {
      this.#update(await this.api.cancel(jobId));
    } catch (error) {
      this.#change(jobId, { cancelling: false, trouble: toTrouble(error) });
    }
  }

  /**
   * Draws a completed job's SEG and turns to a segment of it.
   * @param openSource whether its images may replace what the active viewport shows
   */
  async show(jobId: string, openSource: boolean, segmentNumber = this.#firstSegment(jobId)): Promise<void> {
    const result = this.#find(jobId)?.job.result;
    if (result === undefined) return;
    const { signal } = this.#study;
    this.#change(jobId, { drawing: true, trouble: undefined });
    try {
      await this.host.show(result, { openSource });
      if (segmentNumber !== undefined && !signal.aborted) {
        this.host.jumpToSegment(result.seriesInstanceUID, segmentNumber);
      }
      this.#change(jobId, { drawing: false });
    } catch (error) {
      const trouble =
        error instanceof SourceNotInViewport ? { sentence: strings.show.elsewhere, nextStep: '' } : toTrouble(error);
      this.#change(jobId, { drawing: false, trouble });
    }
  }

  #track(job: Job, since: number): void {
    if (this.#find(job.id) === undefined) {
      const tracked = { job, since, connected: true, cancelling: false, drawing: false };
      this.#set({ ...this.#state, jobs: [tracked, ...this.#state.jobs] });
      if (!hasEnded(job)) void this.#follow(job);
    }
    this.#update(job);
  }

  async #follow(job: Job): Promise<void> {
    const { signal } = this.#study;
    try {
      await this.api.followJob(job.id, {
        lastEventId: job.lastEventId,
        signal,
        onJob: (changed) => {
          this.#update(changed);
          if (changed.state === 'completed') void this.show(changed.id, false);
        },
        onConnection: (connected) => this.#change(job.id, { connected }),
      });
    } catch (error) {
      this.#change(job.id, { connected: false, trouble: toTrouble(error) });
    }
  }

  #firstSegment(jobId: string): number | undefined {
    const found = this.#find(jobId)?.job.findings.find((finding) => finding.status === 'found');
    return found?.segmentNumber;
  }

  #find(jobId: string): TrackedJob | undefined {
    return this.#state.jobs.find(({ job }) => job.id === jobId);
  }

  /** Takes a newer view of a job; an older one, which may arrive later by another way, is left. */
  #update(job: Job): void {
    const known = this.#find(job.id);
    if (known !== undefined && job.lastEventId > known.job.lastEventId) this.#change(job.id, { job });
  }

  #change(jobId: string, change: { [Key in keyof TrackedJob]?: TrackedJob[Key] | undefined }): void {
    const jobs = this.#state.jobs.map((tracked) => {
      if (tracked.job.id !== jobId) return tracked;
      const { trouble, ...rest } = { ...tracked, ...change } as TrackedJob;
      return trouble === undefined ? rest : { ...rest, trouble };
    });
    this.#set({ ...this.#state, jobs });
  }

  #set(state: JobStoreState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
