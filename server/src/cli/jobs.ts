import { type Command, Option } from 'commander';
import type { Job, JobPage } from '#contract/job.js';
import { jobStates, reviewStates } from '#contract/jobState.js';
import { callApi } from './apiClient.js';
import { callsServer, type ServerOptions } from './options.js';
import { jobId } from './terminal/jobId.js';
import { print } from './terminal/print.js';
import { formatFindings, formatRecognition, formatShown, formatStageTimes } from './terminal/report.js';
import { formatTable } from './terminal/table.js';

interface JobsOptions extends ServerOptions {
  readonly study?: string;
  readonly state?: string;
  readonly review?: string;
  readonly model?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
}

export function addJobsCommand(program: Command): void {
  callsServer(
    program
      .command('jobs')
      .description('list jobs, newest first, or show one with its findings')
      .argument('[id]', 'id of a job')
      .addOption(new Option('--state <state>', 'in this state').choices([...jobStates, 'open', 'ended']))
      .addOption(new Option('--review <state>', 'stored results with this review').choices(reviewStates))
      .option('--study <uid>', 'Study Instance UID')
      .option('--model <id>', 'by this model package')
      .option('--since <time>', 'accepted at this time or later, such as 2026-01-31T00:00:00Z')
      .option('--until <time>', 'accepted before this time')
      .option('--limit <number>', 'maximum number', '50'),
  ).action(jobsCommand);
}

/** `promptseg jobs`: newest first. `promptseg jobs ID`: one with its findings. */
async function jobsCommand(id: string | undefined, options: JobsOptions): Promise<void> {
  const { server, json, ...filter } = options;
  if (id !== undefined) {
    const job = await callApi<Job>(server, `/segmentations/${jobId(id)}`);
    return print(json, job, () => describeJob(job));
  }
  const query = new URLSearchParams(Object.entries(filter));
  const { segmentations, nextCursor } = await callApi<JobPage>(server, `/segmentations?${query}`);
  print(json, segmentations, () =>
    [
      formatTable(
        ['accepted', 'state', 'prompts', 'model', 'findings', 'job'],
        segmentations.map((job) => [
          job.createdAt.slice(0, 16).replace('T', ' '),
          job.state,
          job.request.prompts.join(', '),
          job.model?.id ?? '',
          countFindings(job),
          job.id,
        ]),
      ),
      ...(nextCursor === undefined
        ? []
        : ['There are more. Narrow the list with --review or another filter, or raise --limit.']),
    ].join('\n\n'),
  );
}

/** "3 found, 1 not found, 1 not understood" */
function countFindings({ findings }: Job): string {
  const words = { found: 'found', 'not-found': 'not found', refused: 'not understood' } as const;
  return (Object.keys(words) as (keyof typeof words)[])
    .flatMap((status) => {
      const count = findings.filter((finding) => finding.status === status).length;
      return count === 0 ? [] : [`${count} ${words[status]}`];
    })
    .join(', ');
}

function describeJob(job: Job): string {
  const { request, result, problem } = job;
  return [
    `${job.state}, accepted ${job.createdAt}`,
    `study ${request.studyInstanceUID}`,
    `series ${request.seriesInstanceUID}`,
    ...(job.model === undefined ? [] : [`model ${job.model.id} ${job.model.version}`]),
    ...(result === undefined ? [] : [`SOP Instance UID ${result.sopInstanceUID}`]),
    ...(job.resultDeletedAt === undefined ? [] : [`The result was deleted at ${job.resultDeletedAt}.`]),
    ...(problem === undefined ? [] : ['', problem.detail, problem.nextStep]),
    ...(job.findings.length === 0
      ? []
      : ['', job.recognition ? formatRecognition(job.findings, job.recognition) : formatFindings(job.findings)]),
    ...(job.shows === undefined ? [] : ['', ...formatShown(job)]),
    ...(job.notes.length === 0 ? [] : ['', ...job.notes.map((note) => `Note: ${note}`)]),
    '',
    formatStageTimes(job),
  ].join('\n');
}
