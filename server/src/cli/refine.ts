import { type Command, Option } from 'commander';
import type { BoxPrompt } from '#contract/imagePrompts.js';
import type { Job } from '#contract/job.js';
import type { RefinementRequest } from '#contract/refinements.js';
import { PromptsegError } from '../platform/errors.js';
import { callApi } from './apiClient.js';
import { followJob } from './followJob.js';
import { callsServer, type ServerOptions, storesResults } from './options.js';
import { jobId } from './terminal/jobId.js';
import { wholeNumber } from './terminal/wholeNumber.js';

export interface RefineOptions extends ServerOptions {
  readonly study?: string;
  readonly series?: string;
  readonly stack?: string;
  readonly name?: string;
  readonly job?: string;
  readonly segment?: string;
  readonly result?: string;
  readonly box: string[];
  readonly frameOfReference?: string;
  readonly oneSlice?: boolean;
  readonly window?: string;
  readonly model?: string;
  readonly measurementReport?: boolean;
  readonly rtStructureSet?: boolean;
  readonly destination?: string[];
}

export function addRefineCommand(program: Command): void {
  const refine = program
    .command('refine')
    .description('segment what is in a box on the images of a series, or correct a stored result with it')
    .option('--study <uid>', 'Study Instance UID in the archive')
    .option('--series <uid>', 'Series Instance UID')
    .option('--stack <id>', 'stack of slices, if the series has several')
    .option('--name <text>', 'what is in the box; a name that a model knows gets its code')
    .addOption(
      new Option('--job <id>', 'correct the result of this job instead').conflicts(['study', 'series', 'name']),
    )
    .option('--segment <number>', 'with --job: which segment (default 1)')
    .option('--result <uid>', 'with --job: SOP Instance UID of an edited result')
    .addOption(
      new Option('--box <corners>', 'two opposite corners in LPS mm: x1,y1,z1,x2,y2,z2; repeatable')
        .argParser<string[]>((corners, before) => [...(before ?? []), corners])
        .makeOptionMandatory(),
    )
    .option('--frame-of-reference <uid>', 'Frame of Reference UID of the corners; images in another one are refused')
    .option('--one-slice', 'mark only the slice of the box')
    .option('--window <level,width>', 'grey values shown to the model (default: by modality and content)')
    .option('--model <id>', 'model package that takes boxes (default: by modality)');
  callsServer(storesResults(refine)).action(refineCommand);
}

/** `promptseg refine`: segments what is in boxes, as a new segment of a series or as a correction of a job's result. */
async function refineCommand(options: RefineOptions): Promise<void> {
  const body = JSON.stringify(requestOf(options));
  await followJob(await callApi<Job>(options.server, '/refinements', { method: 'POST', body }), options);
}

/** @throws PromptsegError `options-invalid` */
export function requestOf(options: RefineOptions): RefinementRequest {
  const { study, series, stack, name, job, segment, result, window, model, destination } = options;
  const drawn = {
    boxes: options.box.map((corners) => boxOf(corners, options.frameOfReference)),
    ...(options.oneSlice && { throughSlices: false }),
    ...(window !== undefined && { window: windowOf(window) }),
    ...(model !== undefined && { model }),
    ...(destination !== undefined && { destinations: destination }),
  };
  if (job !== undefined)
    return {
      ...drawn,
      corrects: {
        job: jobId(job),
        segmentNumber: wholeNumber(segment ?? '1', '--segment'),
        ...(result !== undefined && { result }),
      },
    };
  if (study === undefined || series === undefined || name === undefined)
    throw new PromptsegError(
      'options-invalid',
      'Specify a series with --study and --series and the structure with --name, or a result with --job.',
    );
  const { measurementReport, rtStructureSet } = options;
  return {
    ...drawn,
    studyInstanceUID: study,
    seriesInstanceUID: series,
    ...(stack !== undefined && { stack }),
    name,
    output: { measurementReport, rtStructureSet },
  };
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
