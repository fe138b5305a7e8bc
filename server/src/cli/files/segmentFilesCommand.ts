import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Stage } from '#contract/jobState.js';
import { acceptForSeries } from '../../jobs/acceptRequest.js';
import { findingsCsv } from '../../jobs/routes/measurementsCsv.js';
import { createStageClock } from '../../jobs/worker/stageClock.js';
import { type ConfigOptions, readConfig } from '../../platform/config.js';
import { PromptsegError, throwIfCancelled } from '../../platform/errors.js';
import { softwareVersion } from '../../platform/softwareVersion.js';
import { writeNewFile } from '../../platform/writeNewFile.js';
import { asksForComparison } from '../../prompts/takeComparison.js';
import type { OutputPolicy } from '../../results/outputPolicy.js';
import type { ModelLibrary } from '../../segmenter/packages/modelPackage.js';
import { modelKeysOf, readModels } from '../../segmenter/packages/readModels.js';
import type { LookAtImages } from '../../story/chooseByImage.js';
import type { FilesToLookAt } from '../../story/lookAtFiles.js';
import type { NiftiModality } from '../../volume/volumeOfNifti.js';
import { askAboutParts } from '../terminal/askAboutParts.js';
import { print } from '../terminal/print.js';
import { progressOn } from '../terminal/progressLine.js';
import { formatFindings, formatRecognition, formatShown, formatStageTimes } from '../terminal/report.js';
import type { FilesResult, WrittenFiles } from './filesMessages.js';
import { type Input, openInput } from './openInput.js';
import { openOutputFolder, recordName } from './outputFolder.js';
import { runFilesProcess } from './runFilesProcess.js';

export interface SegmentFilesOptions extends ConfigOptions {
  readonly input: string;
  readonly output: string;
  readonly prompts: readonly string[];
  readonly force?: boolean | undefined;
  readonly modality?: NiftiModality | undefined;
  readonly series?: string | undefined;
  readonly model?: string | undefined;
  readonly anyway?: boolean | undefined;
  readonly allowPartial?: boolean | undefined;
  readonly stack?: string | undefined;
  /** Look for which of the prompts the images show. */
  readonly recognize?: { readonly withinSeconds: number } | undefined;
  readonly objects: OutputPolicy;
  readonly json?: boolean | undefined;
}

/** `result.json`, and what `--json` prints. */
interface FileRecord extends Omit<FilesResult, 'files'> {
  /** Promptseg's version. */
  readonly version: string;
  readonly createdAt: string;
  readonly input: {
    readonly kind: 'dicom' | 'nifti';
    readonly modality: string;
    readonly studyInstanceUID?: string;
    readonly seriesInstanceUID?: string;
  };
  readonly prompts: readonly string[];
  readonly model: { readonly id: string; readonly version: string; readonly sha256: string; readonly reason: string };
  readonly stageTimes: Partial<Record<Stage, number>>;
  readonly files: WrittenFiles & { readonly measurements: string };
}

const noEarlierFiles = 'Files are not compared with an earlier study; a series of the archive is.';

/**
 * `promptseg segment --input …`: the same as for a series of an archive, on files and without a server. Input errors
 * are found before anything is computed; the output folder gets all files or none.
 */
export async function segmentFilesCommand(options: SegmentFilesOptions): Promise<void> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  const { signal } = stopping;

  const config = readConfig(options);
  const input = await openInput(options, signal);
  if (input.images.kind === 'nifti') refuseDicomOptions(options);
  const library = await readModels(config);
  throwIfCancelled(signal);
  const { prompts, model, anyway, recognize, stack, objects } = options;
  const modelKeys = await modelKeysOf(config);
  const look = lookerAt({ images: input.images, stack }, library, modelKeys, signal);
  const accepted = await askAboutParts(options, (allowPartial) =>
    acceptForSeries(
      {
        prompts: [...prompts],
        allowPartial,
        output: objects,
        ...(model !== undefined && { model }),
        ...(anyway !== undefined && { anyway }),
      },
      input.series,
      library,
      look,
    ),
  );

  const output = await openOutputFolder(options.output, { force: options.force ?? false });
  try {
    const progress = progressOn(!options.json);
    const clock = createStageClock();
    const createdAt = new Date();
    const result = await runFilesProcess(
      'segment',
      {
        images: input.images,
        understood: accepted.understood,
        output: objects,
        stack,
        recognize,
        createdAt,
        folder: output.staging,
        modelFolder: accepted.model.folder,
        modelKeys,
        normsFolders: (library.norms ?? []).map(({ folder }) => folder),
        fieldOfViewFolder: library.fieldOfView?.folder,
        anyway,
        execution: {
          executionProvider: config.executionProvider,
          gpu: config.gpu,
          threads: availableParallelism(),
        },
      },
      {
        signal,
        onStage(stage) {
          clock.enter(stage);
          progress.show(stage);
        },
        onProgress: progress.detail,
      },
    ).finally(progress.end);
    const { manifest, sha256 } = accepted.model;
    const record: FileRecord = {
      version: softwareVersion,
      createdAt: createdAt.toISOString(),
      input: describeInput(input),
      prompts,
      model: { id: manifest.id, version: manifest.version, sha256, reason: accepted.reasonForModel },
      stageTimes: clock.stop(),
      ...result,
      notes: [...input.notes, ...(asksForComparison(prompts) ? [noEarlierFiles] : []), ...result.notes],
      files: { ...result.files, measurements: 'measurements.csv' },
    };
    const write = (name: string, text: string) => writeNewFile(path.join(output.staging, name), text, name);
    await write(record.files.measurements, tableOf(record));
    await write(recordName, `${JSON.stringify(record, undefined, 2)}\n`);
    throwIfCancelled(signal);
    await output.commit();
    print(options.json, record, () => forPeople(record, options.output));
  } catch (error) {
    await output.discard();
    throw namingFile(error, input);
  }
}

/** Looks once, although the request may be accepted twice: as a whole, then in part. */
function lookerAt(
  files: FilesToLookAt,
  { fieldOfView }: ModelLibrary,
  modelKeys: readonly string[],
  signal: AbortSignal,
): LookAtImages | undefined {
  if (fieldOfView === undefined) return undefined;
  let looking: ReturnType<LookAtImages> | undefined;
  const request = { ...files, fieldOfViewFolder: fieldOfView.folder, modelKeys };
  return () => {
    looking ??= runFilesProcess('look', request, { signal });
    return looking;
  };
}

function refuseDicomOptions({ objects, stack }: SegmentFilesOptions): void {
  const given = [
    ['--segmentation', objects.segmentation],
    ['--measurement-report', objects.measurementReport],
    ['--rt-structure-set', objects.rtStructureSet],
    ['--secondary-capture', objects.secondaryCapture],
    ['--report', objects.report],
    ['--presentation-state', objects.presentationState],
    ['--stack', stack],
  ].flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given.length > 0)
    throw new PromptsegError(
      'options-invalid',
      `A NIfTI file has no patient and study for DICOM objects: remove ${given.join(', ')}.`,
    );
}

/** Adds the file's name to an error. */
function namingFile(error: unknown, { images }: Input): unknown {
  if (!(error instanceof PromptsegError)) return error;
  const file =
    images.kind === 'dicom'
      ? images.series.files.find(({ sopInstanceUID }) => sopInstanceUID === error.details.sopInstanceUID)?.path
      : error.code === 'nifti-unreadable'
        ? images.path
        : undefined;
  if (file === undefined) return error;
  return new PromptsegError(error.code, `${file}: ${error.message}`, {
    cause: error,
    details: { ...error.details, file },
  });
}

function describeInput({ images, series: { modality } }: Input): FileRecord['input'] {
  if (images.kind === 'nifti') return { kind: 'nifti', modality };
  const { studyInstanceUID, seriesInstanceUID } = images.series.summary;
  return { kind: 'dicom', modality, studyInstanceUID, seriesInstanceUID };
}

const tableOf = ({ findings, input, stored, model, createdAt }: FileRecord): string =>
  findingsCsv(findings, {
    studyInstanceUID: input.studyInstanceUID,
    seriesInstanceUID: input.seriesInstanceUID,
    segmentationInstanceUID: stored?.sopInstanceUID,
    model: model.id,
    modelVersion: model.version,
    createdAt,
  });

function forPeople(record: FileRecord, folder: string): string {
  const { findings, recognition, files, notes } = record;
  const written = [...files.dicom, ...files.nifti, files.measurements, files.picture, recordName];
  const isFound = findings.some(({ status }) => status === 'found');
  return [
    recognition === undefined ? formatFindings(findings) : formatRecognition(findings, recognition),
    '',
    ...formatShown(record),
    ...notes.filter((note) => note !== record.shows?.text).map((note) => `Note: ${note}`),
    `${record.model.id} ${record.model.version} on ${record.executionProvider}: ${formatStageTimes(record)}`,
    ...(isFound ? [] : ['Nothing was found.']),
    `In ${folder}: ${written.filter((name) => name !== undefined).join(', ')}`,
  ].join('\n');
}
