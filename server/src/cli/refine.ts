import { type Command, Option } from 'commander';
import type { BoxPrompt, ClickPrompt, Neighbours } from '#contract/imagePrompts.js';
import type { Job } from '#contract/job.js';
import type { RefinementRequest } from '#contract/refinements.js';
import { PromptsegError } from '../platform/errors.js';
import { callApi } from './apiClient.js';
import { followJob } from './followJob.js';
import { type CompanionOptions, callsServer, companionsOf, type ServerOptions, storesResults } from './options.js';
import { jobId } from './terminal/jobId.js';
import { wholeNumber } from './terminal/wholeNumber.js';

/** A click as it was typed, and how many were before it. */
interface TypedClick {
  readonly place: string;
  readonly order: number;
}

export interface RefineOptions extends ServerOptions, CompanionOptions {
  readonly study?: string;
  readonly series?: string;
  readonly stack?: string;
  readonly name?: string;
  readonly job?: string;
  readonly segment?: string;
  readonly result?: string;
  readonly neighbours?: Neighbours['policy'];
  readonly lock?: string[];
  readonly box?: string[];
  /** In the order of the command line. */
  readonly include?: TypedClick[];
  readonly exclude?: TypedClick[];
  readonly frameOfReference?: string;
  readonly oneSlice?: boolean;
  readonly window?: string;
  readonly model?: string;
  readonly destination?: string[];
}

export function addRefineCommand(program: Command): void {
  const clicks = countedClicks();
  const refine = program
    .command('refine')
    .description('make a segment by boxes or clicks on the images of a series, or correct one of a stored result')
    .option('--study <uid>', 'Study Instance UID in the archive')
    .option('--series <uid>', 'Series Instance UID')
    .option('--stack <id>', 'stack of slices, if the series has several')
    .option('--name <text>', 'what is marked; a name that a model knows gets its code')
    .addOption(
      new Option('--job <id>', 'correct the result of this job instead').conflicts(['study', 'series', 'name']),
    )
    .option('--segment <number>', 'with --job: which segment (default 1)')
    .option('--result <uid>', 'with --job: SOP Instance UID of an edited result')
    .addOption(
      new Option('--neighbours <policy>', 'with --job: other segments where it grows (default: overlapping)').choices([
        'overlapping',
        'exclusive',
        'onlyEmpty',
      ]),
    )
    .option(
      '--lock <number>',
      'with --job: a segment that it does not grow into; repeatable',
      (number, before: string[] = []) => [...before, number],
    )
    .addOption(
      new Option('--box <corners>', 'two opposite corners in LPS mm: x1,y1,z1,x2,y2,z2; repeatable')
        .argParser<string[]>((corners, before) => [...(before ?? []), corners])
        .conflicts(['include', 'exclude']),
    )
    .option('--include <place>', 'a click on what is part of it, in LPS mm: x,y,z; repeatable', clicks)
    .option('--exclude <place>', 'a click on what is not part of it; repeatable', clicks)
    .option(
      '--frame-of-reference <uid>',
      'Frame of Reference UID of the corners or clicks; images in another one are refused',
    )
    .option('--one-slice', 'mark only the slice of the box')
    .option('--window <level,width>', 'grey values shown to the model (default: by modality and content)')
    .option('--model <id>', 'model package that takes boxes or clicks (default: by modality)');
  callsServer(storesResults(refine)).action(refineCommand);
}

/** `promptseg refine`: makes a segment by boxes or clicks, or corrects one of a job's result. */
async function refineCommand(options: RefineOptions): Promise<void> {
  const body = JSON.stringify(requestOf(options));
  await followJob(await callApi<Job>(options.server, '/refinements', { method: 'POST', body }), options);
}

/** @throws PromptsegError `options-invalid` */
export function requestOf(options: RefineOptions): RefinementRequest {
  const { study, series, stack, name, job, segment, result, model, destination } = options;
  const common = {
    ...(model !== undefined && { model }),
    ...(destination !== undefined && { destinations: destination }),
  };
  const corrects = job !== undefined && {
    job: jobId(job),
    segmentNumber: wholeNumber(segment ?? '1', '--segment'),
    ...(result !== undefined && { result }),
  };
  const clicks = clicksOf(options);
  const prompted = { ...common, ...(clicks.length > 0 ? { clicks } : boxesOf(options)) };
  if (corrects) return { ...prompted, corrects, ...neighboursOf(options) };
  if (study === undefined || series === undefined || name === undefined)
    throw new PromptsegError(
      'options-invalid',
      'Specify a series with --study and --series and the structure with --name, or a result with --job.',
    );
  return {
    ...prompted,
    studyInstanceUID: study,
    seriesInstanceUID: series,
    ...(stack !== undefined && { stack }),
    name,
    output: companionsOf(options),
  };
}

function neighboursOf({ neighbours, lock }: RefineOptions) {
  if (neighbours === undefined && lock === undefined) return {};
  const locked = lock?.map((number) => wholeNumber(number, '--lock'));
  return { neighbours: { policy: neighbours ?? 'overlapping', ...(locked !== undefined && { locked }) } } as const;
}

/** @throws PromptsegError `options-invalid` without any */
function boxesOf({ box = [], frameOfReference, oneSlice, window }: RefineOptions) {
  if (box.length === 0)
    throw new PromptsegError('options-invalid', 'Specify a box with --box, or clicks with --include and --exclude.');
  return {
    boxes: box.map((corners) => boxOf(corners, frameOfReference)),
    ...(oneSlice && { throughSlices: false }),
    ...(window !== undefined && { window: windowOf(window) }),
  };
}

/** Collects the clicks of both options with their common order. */
function countedClicks(): (place: string, before: TypedClick[] | undefined) => TypedClick[] {
  let order = 0;
  return (place, before = []) => [...before, { place, order: order++ }];
}

/** The clicks in the order of the command line. */
function clicksOf({ include = [], exclude = [], frameOfReference }: RefineOptions): ClickPrompt[] {
  const typed = [
    ...include.map((click) => ({ ...click, part: true })),
    ...exclude.map((click) => ({ ...click, part: false })),
  ];
  return typed
    .toSorted((a, b) => a.order - b.order)
    .map(({ place, part }) => {
      const [x, y, z] = numbersOf(place, 3, part ? '--include' : '--exclude', 'a place in mm: x,y,z');
      return {
        kind: 'click',
        place: [x!, y!, z!],
        part,
        ...(frameOfReference !== undefined && { frameOfReferenceUID: frameOfReference }),
      };
    });
}

function boxOf(corners: string, frameOfReferenceUID: string | undefined): BoxPrompt {
  const [x1, y1, z1, x2, y2, z2] = numbersOf(corners, 6, '--box', 'two opposite corners in mm: x1,y1,z1,x2,y2,z2');
  return {
    kind: 'box',
    corners: [
      [x1!, y1!, z1!],
      [x2!, y2!, z2!],
    ],
    ...(frameOfReferenceUID !== undefined && { frameOfReferenceUID }),
  };
}

function windowOf(text: string): { level: number; width: number } {
  const [level, width] = numbersOf(text, 2, '--window', 'level and width: 40,400');
  return { level: level!, width: width! };
}

function numbersOf(text: string, count: number, option: string, what: string): readonly number[] {
  const parts = text.split(',');
  const numbers = parts.map(Number);
  if (parts.length === count && parts.every((part) => part.trim() !== '') && numbers.every(Number.isFinite))
    return numbers;
  throw new PromptsegError('options-invalid', `${option} takes ${what}; not ${text}.`);
}
