import { type Command, Option } from 'commander';
import type { Job, SegmentationRequest } from '#contract/job.js';
import type { ConfigOptions } from '../platform/config.js';
import { PromptsegError } from '../platform/errors.js';
import { type NiftiModality, niftiModalities } from '../volume/volumeOfNifti.js';
import { callApi } from './apiClient.js';
import { followJob } from './followJob.js';
import {
  type CompanionOptions,
  callsServer,
  companionsOf,
  runsModels,
  type ServerOptions,
  storesResults,
} from './options.js';
import { askAboutParts } from './terminal/askAboutParts.js';
import { slideRegion } from './terminal/slideRegion.js';
import { wholeNumber } from './terminal/wholeNumber.js';

interface SegmentOptions extends ConfigOptions, ServerOptions, CompanionOptions {
  readonly study?: string;
  readonly series?: string;
  readonly input?: string;
  readonly output?: string;
  readonly force?: boolean;
  readonly modality?: NiftiModality;
  readonly prompt?: string[];
  readonly allowPartial?: boolean;
  readonly recognize?: boolean;
  readonly within?: string;
  readonly store?: boolean;
  readonly model?: string;
  readonly anyway?: boolean;
  readonly stack?: string;
  readonly region?: string;
  readonly segmentation?: NonNullable<SegmentationRequest['output']>['segmentation'];
  readonly destination?: string[];
}

const defaultSeconds = '300';

export function addSegmentCommand(program: Command): void {
  const segment = program
    .command('segment')
    .description('segment a series of the archive and store the DICOM SEG with it, or segment files without a server')
    .option('--study <uid>', 'Study Instance UID in the archive')
    .option('--series <uid>', 'Series Instance UID; with --input only needed if there are several series')
    .addOption(
      new Option('--input <path>', 'NIfTI file, DICOM file or folder of DICOM files; needs no server').conflicts([
        'study',
        'destination',
        'store',
        'region',
      ]),
    )
    .option('--output <folder>', 'with --input: output folder (SEG, NIfTI, table, picture)')
    .option('--force', 'with --input: replace an earlier result in --output')
    .addOption(
      new Option('--modality <name>', 'with --input: modality of a NIfTI file, which does not state it').choices(
        niftiModalities,
      ),
    )
    .option('--prompt <text...>', 'what to segment; repeatable; words in quotation marks are taken literally')
    .option('--allow-partial', 'segment what is understood, even if part of the prompts is not')
    .option('--recognize', 'find which of the prompts, or of everything that the model knows, the images show')
    .option('--within <seconds>', `time limit for --recognize (default ${defaultSeconds})`)
    .option('--store', 'with --recognize: also store what was found')
    .option('--model <id>', 'model package (default: by modality and prompts)')
    .option('--anyway', 'run the model even if the series shows another part of the body')
    .option('--stack <id>', 'stack of slices, if the series has several; level of a whole slide')
    .option('--region <place>', 'part of a whole slide: pixels:COLUMN,ROW,COLUMNS,ROWS of a level, or mm:X,Y,X,Y')
    .addOption(
      new Option('--segmentation <kind>', 'kind of the segmentation (default binary)').choices([
        'binary',
        'labelmap',
        'fractional',
      ]),
    );
  callsServer(runsModels(storesResults(segment))).action(segmentCommand);
}

/** `promptseg segment`: a series in the archive, by a running server, or files, without one. */
async function segmentCommand(options: SegmentOptions): Promise<void> {
  const { input, output, study, series } = options;
  const prompts = options.prompt ?? promptsWithout(options);
  const objects = { segmentation: options.segmentation, ...companionsOf(options) };
  if (input !== undefined) {
    if (output === undefined) throw new PromptsegError('options-invalid', 'Specify the output folder with --output.');
    const withinSeconds = wholeNumber(options.within ?? defaultSeconds, '--within');
    // Code for models and volumes, which a server that is asked does not need here: it takes half a second to load.
    const { segmentFilesCommand } = await import('./files/segmentFilesCommand.js');
    return segmentFilesCommand({
      ...options,
      input,
      output,
      prompts,
      objects,
      recognize: options.recognize ? { withinSeconds } : undefined,
    });
  }
  if (study === undefined || series === undefined)
    throw new PromptsegError(
      'options-invalid',
      'Specify a series of the archive with --study and --series, or files with --input.',
    );
  return segmentInArchive(options, {
    studyInstanceUID: study,
    seriesInstanceUID: series,
    prompts,
    ...(options.recognize && {
      recognize: {
        store: options.store ?? false,
        ...(options.within !== undefined && { withinSeconds: wholeNumber(options.within, '--within') }),
      },
    }),
    ...(options.model !== undefined && { model: options.model }),
    ...(options.anyway && { anyway: true }),
    ...(options.stack !== undefined && { stack: options.stack }),
    ...(options.region !== undefined && { region: slideRegion(options.region) }),
    output: objects,
    ...(options.destination !== undefined && { destinations: options.destination }),
  });
}

/** Submits the same job as the panel and follows it to its end. */
async function segmentInArchive(options: SegmentOptions, request: SegmentationRequest): Promise<void> {
  const { server } = options;
  const job = await askAboutParts(options, (allowPartial) =>
    callApi<Job>(server, '/segmentations', { method: 'POST', body: JSON.stringify({ ...request, allowPartial }) }),
  );
  await followJob(job, options);
}

/** The prompts if none are given: a recognition then looks for everything that the model knows. */
function promptsWithout({ recognize }: { recognize?: boolean }): string[] {
  if (recognize) return ['everything'];
  throw new PromptsegError(
    'options-invalid',
    'Specify what to segment with --prompt, or use --recognize to find what the images show.',
  );
}
