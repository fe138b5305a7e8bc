import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { Job, JobPage } from '#contract/job.js';
import { acceptedCase } from '../evaluation/acceptedCase.js';
import { writeDataset } from '../evaluation/writeDataset.js';
import { createDicomWebArchive } from '../pacs/dicomWebArchive.js';
import { PromptsegError } from '../platform/errors.js';
import { callApi } from './apiClient.js';
import { callsServer, type ServerOptions } from './options.js';
import { print, say } from './terminal/print.js';
import { progressOn } from './terminal/progressLine.js';

interface DatasetOptions extends ServerOptions {
  readonly out: string;
  readonly structure?: string[];
  readonly model?: string;
  readonly since?: string;
  readonly until?: string;
}

export function addDatasetCommand(program: Command): void {
  callsServer(
    program
      .command('dataset')
      .description("write accepted and edited results as a labelled dataset in nnU-Net's layout, to train elsewhere")
      .requiredOption('--out <folder>', 'output folder, new or empty')
      .option('--structure <id...>', 'which structures become labels (default: all that somebody confirmed)')
      .option('--model <id>', 'only results of this model package')
      .option('--since <time>', 'only jobs accepted at this time or later, such as 2026-01-31T00:00:00Z')
      .option('--until <time>', 'only jobs accepted before this time'),
  ).action(datasetCommand);
}

/** `promptseg dataset --out FOLDER`: images and labels of confirmed results, from the server's archive. */
async function datasetCommand(options: DatasetOptions): Promise<void> {
  const { server, out, json, structure } = options;
  const entries = await readdir(out).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw new PromptsegError('output-unusable', 'The output folder cannot be read.', { cause: error });
  });
  if (entries.length > 0) throw new PromptsegError('output-unusable', 'The output folder is not empty.');
  const jobs = await completedJobs(options);
  const cases = jobs.flatMap((job) => acceptedCase(job) ?? []);
  if (cases.length === 0)
    throw new PromptsegError(
      'options-invalid',
      `Of ${jobs.length} completed jobs none has an accepted finding or an edited result.`,
    );
  const { PROMPTSEG_KEY: key } = process.env;
  const progress = progressOn(!json);
  const written = await writeDataset(cases, {
    folder: out,
    structures: structure,
    archive: createDicomWebArchive({
      baseUrl: new URL('/dicom-web', server).href,
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    }),
    signal: new AbortController().signal,
    onProgress: (message) => progress.show(`case ${message}`),
  });
  progress.end();
  if (!json) for (const { job, reason } of written.leftOut) say(`Left out: job ${job}. ${reason}`);
  print(json, written, () =>
    [
      `${written.cases.length} of ${cases.length} cases in ${path.join(out, 'dataset.json')}.`,
      `Labels: ${Object.entries(written.labels)
        .map(([name, value]) => `${value} ${name}`)
        .join(', ')}.`,
    ].join('\n'),
  );
}

/** Oldest first, so that a dataset that is written again has the same labels. */
async function completedJobs({ server, model, since, until }: DatasetOptions): Promise<readonly Job[]> {
  const filter = {
    state: 'completed',
    limit: '500',
    ...(model && { model }),
    ...(since && { since }),
    ...(until && { until }),
  };
  const jobs: Job[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const query = new URLSearchParams({ ...filter, ...(cursor && { cursor }) });
    const page: JobPage = await callApi<JobPage>(server, `/segmentations?${query}`);
    jobs.push(...page.segmentations);
    cursor = page.nextCursor;
  }
  return jobs.reverse();
}
