import type { TargetView } from '#contract/finding.js';
import type { SegmentationRequest } from '#contract/job.js';
import type { Problem } from '#contract/problem.js';
import type { Rule } from '#contract/rule.js';
import { acceptRequest } from '../jobs/acceptRequest.js';
import type { Archive, SeriesSummary } from '../pacs/archive.js';
import { PromptsegError, toProblem } from '../platform/errors.js';
import type { ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { viewTarget } from '../values/viewTarget.js';
import { requestOf } from './routeSeries.js';
import { describeSeries } from './rules/describeSeries.js';
import { createMatcher, type Matcher, type RuleMatch } from './rules/matchRule.js';
import type { SeriesDescription } from './rules/seriesDescription.js';

/** The verdict of a rule on one series, for display. */
export interface SeriesTrial extends RuleMatch {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly modality: string;
  readonly description: string;
  readonly numberOfImages: number;
}

/** The job that a rule would create. */
export interface PlannedJob {
  readonly request: SegmentationRequest;
  readonly model: { readonly id: string; readonly version: string; readonly reason: string };
  readonly targets: readonly TargetView[];
  /** Parts of the prompts that the model does not understand. */
  readonly refused: readonly { readonly prompt: string; readonly reason: string }[];
}

/** The outcome that a rule would have for one series. */
export type DryRun = Omit<SeriesTrial, 'conditions'> & {
  /** Absent if the series could not be read. */
  readonly conditions?: SeriesTrial['conditions'];
  /** The job that would be created, if the rule matches and a job is possible. */
  readonly job?: PlannedJob;
  /** Why the series cannot be read, or why no job can be created although the rule matches. */
  readonly problem?: Problem;
};

export function trySeries(match: Matcher, series: SeriesDescription): SeriesTrial {
  const { studyInstanceUID, seriesInstanceUID, modality, description, derived } = series;
  const { numberOfImages } = derived;
  return { studyInstanceUID, seriesInstanceUID, modality, description, numberOfImages, ...match(series) };
}

/** Maximum number of series of a study that a dry run reads. */
const mostSeries = 100;

/**
 * Evaluates a rule for each series of a study without queueing anything. Ignores whether the rule is enabled, its time
 * window and its limit.
 * @throws PromptsegError `study-not-found` and the archive's errors
 */
export async function dryRun(
  rule: Rule,
  studyInstanceUID: string,
  { archive, library }: { readonly archive: Archive; readonly library: ModelLibrary },
  signal?: AbortSignal,
): Promise<readonly DryRun[]> {
  const match = createMatcher(rule);
  const all = await archive.listSeries(studyInstanceUID, signal);
  const runs: DryRun[] = [];
  for (const summary of all.slice(0, mostSeries)) runs.push(await tryOne(summary));
  return runs;

  async function tryOne(summary: SeriesSummary): Promise<DryRun> {
    let trial: SeriesTrial;
    try {
      trial = trySeries(match, await describeSeries(archive, summary, signal));
    } catch (error) {
      if (!(error instanceof PromptsegError) || error.code === 'cancelled') throw error;
      const { seriesInstanceUID, modality, description, numberOfInstances: numberOfImages = 0 } = summary;
      const known = { studyInstanceUID, seriesInstanceUID, modality, description, numberOfImages };
      return { ...known, matched: false, because: 'The series cannot be read.', problem: toProblem(error) };
    }
    if (!trial.matched) return trial;
    try {
      return { ...trial, job: await planJob(requestOf(rule, trial), archive, library) };
    } catch (error) {
      if (!(error instanceof PromptsegError)) throw error;
      return { ...trial, problem: toProblem(error) };
    }
  }
}

async function planJob(request: SegmentationRequest, archive: Archive, library: ModelLibrary): Promise<PlannedJob> {
  const { model, reasonForModel, understood } = await acceptRequest(request, archive, library);
  const { id, version } = model.manifest;
  return {
    request,
    model: { id, version, reason: reasonForModel },
    targets: understood.targets.map(viewTarget),
    refused: understood.refused.map(({ prompt, reason }) => ({ prompt, reason })),
  };
}
