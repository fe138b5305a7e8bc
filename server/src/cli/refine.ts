import { type Command, Option } from 'commander';
import type { BoxPrompt, Neighbours, RegionPrompt } from '#contract/imagePrompts.js';
import type { Job } from '#contract/job.js';
import type { RefinementRequest } from '#contract/refinements.js';
import { PromptsegError } from '../platform/errors.js';
import { callApi } from './apiClient.js';
import { followJob } from './followJob.js';
import { type CompanionOptions, callsServer, companionsOf, type ServerOptions, storesResults } from './options.js';
import { jobId } from './terminal/jobId.js';
import { wholeNumber } from './terminal/wholeNumber.js';

/** The numbers of a click, scribble or lasso as they were typed, and how many of these were before it. */
interface Typed {
  readonly numbers: string;
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
  readonly include?: Typed[];
  readonly exclude?: Typed[];
  readonly includeLine?: Typed[];
  readonly excludeLine?: Typed[];
  readonly includeOutline?: Typed[];
  readonly excludeOutline?: Typed[];
  readonly frameOfReference?: string;
  readonly oneSlice?: boolean;
  readonly window?: string;
  readonly model?: string;
  readonly destination?: string[];
}

export function addRefineCommand(program: Command): void {
  const inOrder = countedPrompts();
  const refine = program
    .command('refine')
    .description('make a segment by boxes, clicks or strokes on the images, or correct one of a stored result')
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
        .conflicts(Object.keys(regionOptions)),
    )
    .option('--include <place>', 'a click on what is part of it, in LPS mm: x,y,z; repeatable', inOrder)
    .option('--exclude <place>', 'a click on what is not part of it; repeatable', inOrder)
    .option('--include-line <points>', 'a scribble on what is part of it: x1,y1,z1,x2,y2,z2,…; repeatable', inOrder)
    .option('--exclude-line <points>', 'a scribble on what is not part of it; repeatable', inOrder)
    .option('--include-outline <corners>', 'a lasso around what is part of it, on one slice; repeatable', inOrder)
    .option('--exclude-outline <corners>', 'a lasso around what is not part of it; repeatable', inOrder)
    .option('--frame-of-reference <uid>', 'Frame of Reference UID of the points; images in another one are refused')
    .option('--one-slice', 'change only the slice of a box or lasso')
    .option('--window <level,width>', 'grey values shown to the model (default: by modality and content)')
    .option('--model <id>', 'model package that takes boxes, or clicks and strokes (default: by modality)');
  callsServer(storesResults(refine)).action(refineCommand);
}

/** `promptseg refine`: makes a segment by boxes, clicks or strokes, or corrects one of a job's result. */
async function refineCommand(options: RefineOptions): Promise<void> {
  const body = JSON.stringify(requestOf(options));
  await followJob(await callApi<Job>(options.server, '/refinements', { method: 'POST', body }), options);
}

/** @throws PromptsegError `options-invalid` */
export function requestOf(options: RefineOptions): RefinementRequest {
  refuseIdle(options);
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

const ofCorrections = ['segment', 'result', 'neighbours', 'lock'] as const;
const ofNewSegments = [
  'stack',
  'measurementReport',
  'rtStructureSet',
  'secondaryCapture',
  'report',
  'presentationState',
] as const;

/** What would change nothing is not left out silently. @throws PromptsegError `options-invalid` */
function refuseIdle(options: RefineOptions): void {
  const isOf = (...names: (keyof RefineOptions)[]) => names.some((name) => options[name] !== undefined);
  const idle: [names: readonly (keyof RefineOptions)[], why: string][] = [
    isOf('job') ? [ofNewSegments, 'is for a new segment, not with --job'] : [ofCorrections, 'needs --job'],
    [isOf('box') ? [] : ['window'], 'needs --box'],
    [isOf('box', 'includeOutline', 'excludeOutline') ? [] : ['oneSlice'], 'needs a box or a lasso'],
  ];
  for (const [names, why] of idle)
    for (const name of names.filter((each) => isOf(each)))
      throw new PromptsegError(
        'options-invalid',
        `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${why}.`,
      );
}

function neighboursOf({ neighbours, lock }: RefineOptions) {
  if (neighbours === undefined && lock === undefined) return {};
  const locked = lock?.map((number) => wholeNumber(number, '--lock'));
  return { neighbours: { policy: neighbours ?? 'overlapping', ...(locked !== undefined && { locked }) } } as const;
}

/** @throws PromptsegError `options-invalid` without any */
function boxesOf({ box = [], frameOfReference, oneSlice, window }: RefineOptions) {
  if (box.length === 0)
    throw new PromptsegError(
      'options-invalid',
      'Specify boxes with --box, or clicks with --include and --exclude, scribbles with --include-line and ' +
        '--exclude-line, or lassos with --include-outline and --exclude-outline.',
    );
  return {
    boxes: box.map((corners) => boxOf(corners, frameOfReference)),
    ...(oneSlice && { throughSlices: false }),
    ...(window !== undefined && { window: windowOf(window) }),
  };
}

/** Collects what several options were given, with its common order. */
function countedPrompts(): (numbers: string, before: Typed[] | undefined) => Typed[] {
  let order = 0;
  return (numbers, before = []) => [...before, { numbers, order: order++ }];
}

/** What the options mean, by their names among the options. */
const regionOptions = {
  include: { kind: 'click', part: true, flag: '--include' },
  exclude: { kind: 'click', part: false, flag: '--exclude' },
  includeLine: { kind: 'scribble', part: true, flag: '--include-line' },
  excludeLine: { kind: 'scribble', part: false, flag: '--exclude-line' },
  includeOutline: { kind: 'lasso', part: true, flag: '--include-outline' },
  excludeOutline: { kind: 'lasso', part: false, flag: '--exclude-outline' },
} as const;
type RegionOption = keyof typeof regionOptions;

/** Clicks, scribbles and lassos in the order of the command line. */
function clicksOf(options: RefineOptions): RegionPrompt[] {
  const typed = (Object.keys(regionOptions) as RegionOption[]).flatMap((option) =>
    (options[option] ?? []).map((each) => ({ ...each, option })),
  );
  return typed.toSorted((a, b) => a.order - b.order).map((each) => promptOf(each, options));
}

function promptOf(
  { numbers, option }: Typed & { readonly option: RegionOption },
  { frameOfReference, oneSlice }: RefineOptions,
): RegionPrompt {
  const { kind, part, flag } = regionOptions[option];
  const common = { part, ...(frameOfReference !== undefined && { frameOfReferenceUID: frameOfReference }) };
  if (kind === 'click') {
    const [x, y, z] = numbersOf(numbers, 3, flag, 'a place in mm: x,y,z');
    return { kind, place: [x!, y!, z!], ...common };
  }
  const points = pointsOf(numbers, kind === 'scribble' ? 2 : 3, flag);
  return kind === 'scribble'
    ? { kind, line: points, ...common }
    : { kind, outline: points, ...common, ...(oneSlice && { throughSlices: false }) };
}

function pointsOf(text: string, least: number, flag: string): [number, number, number][] {
  const count = text.split(',').length;
  if (count % 3 !== 0 || count < 3 * least)
    throw new PromptsegError(
      'options-invalid',
      `${flag} takes ${least} or more points in mm: x1,y1,z1,x2,y2,z2,…; not ${text}.`,
    );
  const numbers = numbersOf(text, count, flag, 'points in mm: x1,y1,z1,x2,y2,z2,…');
  return Array.from({ length: count / 3 }, (_, n) => [numbers[3 * n]!, numbers[3 * n + 1]!, numbers[3 * n + 2]!]);
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
