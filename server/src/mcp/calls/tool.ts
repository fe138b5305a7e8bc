import type { Request } from 'express';
import type { z } from 'zod';
import type { Job } from '#contract/job.js';
import type { Comparisons } from '../../findings/comparisons.js';
import type { ArchiveReads } from '../../http/archiveReads.js';
import type { AcceptedJob, JobService } from '../../jobs/jobService.js';
import type { Jobs } from '../../jobs/openJobs.js';
import type { ResultsService } from '../../jobs/results/resultsService.js';
import type { Archive } from '../../pacs/archive.js';
import type { ModelLibrary } from '../../segmenter/packages/modelPackage.js';
import type { Scope } from '../../values/principal.js';
import type { Handles, SeriesUIDs } from './handles.js';

/** The services that tools use. */
export interface AgentParts {
  readonly archive: Archive;
  readonly library: ModelLibrary;
  readonly jobs: Pick<Jobs, 'database' | 'store' | 'events'>;
  readonly service: JobService;
  readonly results: ResultsService;
  readonly comparisons: Comparisons;
  readonly reads: ArchiveReads;
  readonly handles: Handles;
}

/** One call of a tool on behalf of the sender of `request`. */
export interface Call {
  readonly request: Request;
  /** Owner of the handles: `clientOf` the request. */
  readonly owner: string;
  /** Address of this server as the sender uses it: `https://pacs.example`. */
  readonly origin: string;
  /** Aborts when the agent cancels the call, or its session ends. */
  readonly signal: AbortSignal;
  /** Whether the agent itself cancelled the call. */
  readonly isCancelled: () => boolean;
  /** Set if the call is a task: called with the job that the tool started. */
  readonly accepted?: (job: AcceptedJob) => void;
  /** Sends progress if the agent wants it. @param done of 1 @param message in our words */
  progress(done: number, message: string): Promise<void>;
  /**
   * Asks the person who uses the agent.
   * @param question our own words and names from vocabularies only
   * @throws PromptsegError `confirmation-unavailable`, `confirmation-refused`
   */
  confirm(question: string): Promise<void>;
  /** The series of a handle. @throws PromptsegError `handle-unknown`, `study-not-found`, `archive-unreachable` */
  series(handle: string): Promise<SeriesUIDs>;
  /** A job of a study that the sender may see. @throws PromptsegError `job-not-found`, `archive-unreachable` */
  job(id: string): Promise<Job>;
}

/** The result of a tool: a JSON value, and optionally a picture. */
export interface ToolResult {
  readonly value: Readonly<Record<string, unknown>>;
  readonly png?: Uint8Array;
}

/** One tool of the Model Context Protocol. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For the agent: what it does and returns. */
  readonly description: string;
  readonly input: z.ZodObject;
  /** All of these are required, besides the scope of the address. */
  readonly scopes: readonly Scope[];
  /** True if it changes nothing in the archive or the queue. */
  readonly isReadOnly: boolean;
  readonly isDestructive?: boolean;
  /** It starts a job and has `wait_seconds`: it can be called as a task. */
  readonly startsJob?: true;
  /** @throws PromptsegError */
  readonly run: (input: unknown, call: Call) => Promise<ToolResult>;
}

/** @param run gets the input as the schema parsed it */
export function tool<Input extends z.ZodObject>(
  definition: Omit<Tool, 'input' | 'run'> & {
    readonly input: Input;
    readonly run: (input: z.output<Input>, call: Call) => Promise<ToolResult>;
  },
): Tool {
  return definition as unknown as Tool;
}
