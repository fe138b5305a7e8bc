import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import type { Job, SegmentationRequest } from '#contract/job.js';
import { PromptsegError } from '../platform/errors.js';
import { quantile } from '../values/quantile.js';
import { seriesOfList, seriesOfQuery } from './cohort/chooseSeries.js';
import { type Cohort, CohortFolder, type CohortRequest } from './cohort/cohortFolder.js';
import { formatCohortPage } from './cohort/cohortPage.js';
import type { CohortServer } from './cohort/cohortServer.js';
import { type EndedSeries, tableAsCsv, tableAsParquet, tableOf } from './cohort/cohortTable.js';
import { runCohort } from './cohort/runCohort.js';
import { cohortServer } from './cohortServer.js';
import { type CompanionOptions, callsServer, companionsOf, type ServerOptions, storesResults } from './options.js';
import { searchArchive } from './searchArchive.js';
import { print, say } from './terminal/print.js';
import { progressOn } from './terminal/progressLine.js';

interface CohortOptions extends ServerOptions, CompanionOptions {
  readonly query?: string;
  readonly list?: string;
  readonly prompt: string[];
  readonly model?: string;
  readonly allowPartial?: boolean;
  readonly destination?: string[];
  readonly out: string;
  readonly estimate?: boolean;
  readonly again?: boolean;
  readonly yes?: boolean;
}

const pollMs = 1000;

export function addCohortCommand(program: Command): void {
  const cohort = program
    .command('cohort')
    .description('segment many series and put all measurements into one table; continues where it stopped')
    .addOption(
      new Option(
        '--query <attributes>',
        'which series: "Modality=MR&StudyDate=20260101-&SeriesDescription=*T1*"',
      ).conflicts('list'),
    )
    .option('--list <file>', 'which series: CSV with the columns StudyInstanceUID and SeriesInstanceUID')
    .requiredOption('--prompt <text...>', 'what to segment; repeatable')
    .option('--model <id>', 'model package (default: by modality and prompts, for each series)')
    .option('--allow-partial', 'segment what is understood, even if part of the prompts is not')
    .option('--out <folder>', 'output folder', 'promptseg-cohort')
    .option('--estimate', 'print how many series there are and how long they will take, and end')
    .option('--again', 'also repeat series that were refused or whose job failed')
    .option('--yes', 'start without asking');
  callsServer(storesResults(cohort)).action(cohortCommand);
}

/**
 * `promptseg cohort`: a job for each series at the lowest priority, then `cohort.csv`, `cohort.parquet` and
 * `cohort.html` in the output folder. The exit code is 1 if no series completed.
 */
async function cohortCommand(options: CohortOptions): Promise<void> {
  const { server: address, json, out } = options;
  const [server, folder] = [cohortServer(address), new CohortFolder(out)];
  const { cohort, isNew } = await openCohort(options, folder);
  const estimate = await estimateOf(cohort, server);
  if (options.estimate) return print(json, estimate, () => sentenceOf(estimate));
  if (!json) say(sentenceOf(estimate));
  if (isNew && !json && !options.yes && !(await isWanted())) return;
  await folder.write(cohort);

  const progress = progressOn(!json);
  await runCohort(cohort, {
    server,
    folder,
    again: options.again ?? false,
    pause: () => sleep(pollMs),
    onProgress({ ended, all, message }) {
      progress.show(`${ended} of ${all} series`);
      if (message !== undefined && !json) say(message);
    },
  });
  progress.end();

  const series = await endedSeries(cohort, folder);
  const table = tableOf(series);
  await folder.writeFile('cohort.csv', tableAsCsv(table));
  await folder.writeFile('cohort.parquet', tableAsParquet(table));
  await folder.writeFile('cohort.html', formatCohortPage(cohort, series, address));
  const completed = series.filter(({ progress: each }) => each.state === 'ended' && each.job.state === 'completed');
  const outcome = { output: out, series: series.length, completed: completed.length };
  print(json, outcome, () =>
    [
      `${completed.length} of ${series.length} series completed.`,
      `Open ${path.join(out, 'cohort.html')}; the table is in cohort.csv and cohort.parquet.`,
    ].join('\n'),
  );
  if (completed.length === 0) process.exitCode = 1;
}

/**
 * The cohort in the folder, or a new one. A cohort keeps its series: the query is not repeated when it continues.
 * @throws PromptsegError `options-invalid` if nothing matches, or if the folder holds another cohort
 */
async function openCohort(
  { server, query, list, ...options }: CohortOptions,
  folder: CohortFolder,
): Promise<{ readonly cohort: Cohort; readonly isNew: boolean }> {
  const chosenBy = query ?? (list && path.basename(list));
  if (chosenBy === undefined) throw new PromptsegError('options-invalid', 'Specify the series with --query or --list.');
  const request = requestOf(options);
  const known = await folder.read();
  if (known !== undefined) {
    if (known.chosenBy === chosenBy && JSON.stringify(known.request) === JSON.stringify(request))
      return { cohort: known, isNew: false };
    throw new PromptsegError(
      'options-invalid',
      'The output folder holds a cohort with other options. Repeat its command to continue, or name another --out.',
    );
  }
  const members =
    query === undefined
      ? await seriesOfList(list!)
      : await seriesOfQuery((...search) => searchArchive(server, ...search), query);
  if (members.length === 0) throw new PromptsegError('options-invalid', 'No series matches.');
  return { cohort: { chosenBy, request, members }, isNew: true };
}

function requestOf(options: Omit<CohortOptions, 'server'>): CohortRequest {
  const { prompt, model, allowPartial, destination } = options;
  const wanted = Object.entries(companionsOf(options)).filter(([, isWanted]) => isWanted);
  const output: SegmentationRequest['output'] = Object.fromEntries(wanted);
  return {
    prompts: prompt,
    ...(model !== undefined && { model }),
    ...(allowPartial && { allowPartial }),
    ...(wanted.length > 0 && { output }),
    ...(destination !== undefined && { destinations: destination }),
  };
}

interface CohortEstimate {
  readonly series: number;
  readonly workers: number;
  /** Median of earlier jobs for the same prompts; absent if there was none. */
  readonly secondsEach?: number;
}

async function estimateOf({ request, members }: Cohort, server: CohortServer): Promise<CohortEstimate> {
  const [completed, workers] = await Promise.all([server.completed(), server.workers()]);
  const durations = completed
    .filter((job) => JSON.stringify(job.request.prompts) === JSON.stringify(request.prompts))
    .flatMap(({ startedAt, endedAt }: Job) =>
      startedAt === undefined || endedAt === undefined ? [] : [(Date.parse(endedAt) - Date.parse(startedAt)) / 1000],
    )
    .sort((a, b) => a - b);
  return {
    series: members.length,
    workers,
    ...(durations.length > 0 && { secondsEach: quantile(durations, 0.5) }),
  };
}

function sentenceOf({ series, workers, secondsEach }: CohortEstimate): string {
  const counted = `${series} series, ${workers} ${workers === 1 ? 'worker' : 'workers'}.`;
  if (secondsEach === undefined)
    return `${counted} How long a series takes is not known: no such job has completed yet.`;
  const seconds = (series * secondsEach) / Math.max(1, workers);
  const each = secondsEach < 10 ? secondsEach.toFixed(1) : secondsEach.toFixed(0);
  return `${counted} Earlier jobs for these prompts took ${each} s each: about ${durationOf(seconds)} in all.`;
}

function durationOf(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Asks on a terminal; a script has decided already. */
async function isWanted(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return true;
  const dialogue = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await dialogue.question('Start? [y/N] ')).trim());
  } finally {
    dialogue.close();
  }
}

async function endedSeries({ members }: Cohort, folder: CohortFolder): Promise<readonly EndedSeries[]> {
  const series: EndedSeries[] = [];
  for (const member of members) {
    const progress = await folder.readSeries(member.seriesInstanceUID);
    if (progress?.state === 'ended' || progress?.state === 'refused') series.push({ ...member, progress });
  }
  return series;
}
