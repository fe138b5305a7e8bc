import type { FoundFinding } from '../../../../server/contract/finding.js';
import type { Job, SegmentationRequest } from '../../../../server/contract/job.js';
import { hasEnded } from '../../../../server/contract/jobState.js';
import { outputOf, storedOutput } from '../ask/output.js';
import { longestPrompt, mostPrompts, quoteName } from '../ask/promptParts.js';
import { isFound, type JobResult, resultsOf } from '../results/results.js';

/** What a model's confidence is about: that the target is present, or its voxels; `undefined` if it gives none. */
export type Confidence = 'presence' | 'score' | undefined;

export interface Recognized {
  /** Most confident first; largest first if the model gives no confidence. */
  readonly found: readonly FoundFinding[];
  readonly confidence: Confidence;
  /** Names of targets that were checked and not found. */
  readonly notFound: readonly string[];
  readonly asked: number;
  /** Names of targets that were not checked in time. */
  readonly unanswered: readonly string[];
}

/** The outcome of a completed recognition. */
export function recognizedOf({ findings, recognition }: Job): Recognized {
  const found = findings.filter(isFound);
  const confidence = (['presence', 'score'] as const).find((kind) => found.some((each) => each[kind] !== undefined));
  const sureness = (finding: FoundFinding) => (confidence && finding[confidence]) ?? 0;
  return {
    found: found.toSorted((a, b) => sureness(b) - sureness(a) || b.voxelCount - a.voxelCount),
    confidence,
    notFound: findings.flatMap((finding) => (finding.status === 'not-found' ? [finding.target.name] : [])),
    asked: recognition?.answered ?? 0,
    unanswered: recognition?.unanswered ?? [],
  };
}

/**
 * A request that stores some of the recognized targets, with the same model on the same images and the current options.
 */
export function storingOf(job: Job, names: readonly string[]): SegmentationRequest {
  const { recognize: _, prompts: __, ...request } = job.request;
  const givesProbabilities = job.findings.some((finding) => isFound(finding) && finding.score !== undefined);
  const output = outputOf(storedOutput(), givesProbabilities);
  return { ...request, ...modelOf(job), prompts: promptsFor(names), ...(output && { output }) };
}

/** A request for the targets that were not checked in time. */
export function restOf(job: Job): SegmentationRequest {
  return { ...job.request, ...modelOf(job), prompts: promptsFor(job.recognition?.unanswered ?? []) };
}

const modelOf = ({ model }: Job) => (model === undefined ? {} : { model: model.id });

/** Names as prompts: one each, or several per prompt if there are more than the server accepts. */
function promptsFor(names: readonly string[]): string[] {
  const texts = names.map(quoteName);
  if (texts.length <= mostPrompts) return texts;
  const prompts: string[] = [];
  for (const text of texts) {
    const joined = prompts.length === 0 ? undefined : `${prompts.at(-1)}, ${text}`;
    if (joined === undefined || joined.length > longestPrompt) prompts.push(text);
    else prompts[prompts.length - 1] = joined;
  }
  return prompts;
}

/** A segment that is already in the archive. */
export interface StoredSegment {
  readonly result: JobResult;
  readonly segmentNumber: number;
}

/**
 * The segment of a recognized target in the archive: in the newest result of the same model on the same images that
 * contains it.
 */
export function storedSegmentOf(job: Job, targetId: string, jobs: readonly Job[]): StoredSegment | undefined {
  for (const other of jobs.filter((each) => isAlike(each, job)))
    for (const result of resultsOf(other).toReversed()) {
      const finding = result.findings.find(({ target }) => target.id === targetId);
      if (finding !== undefined && result.deletedAt === undefined)
        return { result, segmentNumber: finding.segmentNumber };
    }
  return undefined;
}

/** Whether an open job is going to store a recognized target. */
export function isBeingStored(job: Job, targetId: string, jobs: readonly Job[]): boolean {
  return jobs.some(
    (other) =>
      isAlike(other, job) &&
      !hasEnded(other) &&
      other.request.recognize === undefined &&
      other.targets.some(({ id }) => id === targetId),
  );
}

const isAlike = (other: Job, { request, model }: Job): boolean =>
  other.request.seriesInstanceUID === request.seriesInstanceUID &&
  other.request.stack === request.stack &&
  other.model?.id === model?.id;
