import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '#contract/job.js';
import { hasEnded } from '#contract/jobState.js';
import { callApi } from './apiClient.js';
import { comparisonAsked, formatComparison } from './compare.js';
import { print, say } from './terminal/print.js';
import { progressOn } from './terminal/progressLine.js';
import { formatFindings, formatRecognition, formatShown, formatStageTimes } from './terminal/report.js';

const pollMs = 250;

/**
 * Follows a job to its end and prints its outcome. Ctrl-C cancels the job. The exit code is 0 if the job completed,
 * even if it found nothing, and 1 otherwise. If its text asks for a comparison, that is printed too, or why there is
 * none.
 */
export async function followJob(
  accepted: Job,
  options: { readonly server: string; readonly json?: boolean },
): Promise<void> {
  const { server } = options;
  let job = accepted;
  process.once('SIGINT', () => {
    void callApi(server, `/segmentations/${job.id}`, { method: 'DELETE' }).catch(() => {});
  });

  const progress = progressOn(!options.json);
  while (!hasEnded(job)) {
    progress.show(progressLine(job));
    await sleep(pollMs);
    job = await callApi<Job>(server, `/segmentations/${job.id}`);
  }
  progress.end();

  const compared = job.state === 'completed' && job.comparesWithPrior ? await comparisonAsked(job, options) : undefined;
  if (options.json || job.state === 'completed')
    print(options.json, { ...job, ...compared }, () => describeCompleted(job) + describeCompared(compared));
  else say(`${job.problem?.detail ?? job.state}\n${job.problem?.nextStep ?? ''}`);
  if (job.state !== 'completed') process.exitCode = 1;
}

function describeCompared(compared: Awaited<ReturnType<typeof comparisonAsked>> | undefined): string {
  if (compared === undefined) return '';
  return `\n\n${'comparison' in compared ? formatComparison(compared.comparison) : compared.noComparison}`;
}

function describeCompleted(job: Job): string {
  const stored = job.result
    ? [job.result, ...job.result.alsoStored]
        .map((object) => `Stored as "${object.seriesDescription}", SOP Instance UID ${object.sopInstanceUID}.`)
        .join('\n')
    : job.findings.some(({ status }) => status === 'found')
      ? 'Nothing was stored.'
      : 'Nothing was found, and nothing was stored.';
  const findings = job.recognition ? formatRecognition(job.findings, job.recognition) : formatFindings(job.findings);
  return [findings, '', ...formatShown(job), formatStageTimes(job), stored].join('\n');
}

function progressLine({ state, queuePosition, progress }: Job): string {
  if (state === 'queued') return `queued, ${queuePosition ?? 0} before this one`;
  return progress?.message === undefined ? state : `${state}: ${progress.message}`;
}
