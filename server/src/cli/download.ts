import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Command } from 'commander';
import type { Job } from '#contract/job.js';
import { PromptsegError } from '../platform/errors.js';
import { callApi, requestApi } from './apiClient.js';
import { openOutputFolder, recordName } from './files/outputFolder.js';
import { callsServer, type ServerOptions } from './options.js';
import { jobId } from './terminal/jobId.js';
import { print } from './terminal/print.js';

interface DownloadOptions extends ServerOptions {
  readonly output: string;
  readonly force?: boolean;
  readonly rtStructureSet?: boolean;
  readonly secondaryCapture?: boolean;
  readonly report?: boolean;
  readonly presentationState?: boolean;
}

export function addDownloadCommand(program: Command): void {
  callsServer(
    program
      .command('download')
      .description("download a job's result: SEG, table, picture and the job as JSON")
      .argument('<job>', 'id of the job')
      .requiredOption('--output <folder>', 'output folder')
      .option('--rt-structure-set', 'also download the contours')
      .option('--secondary-capture', 'also download the picture as a DICOM image')
      .option('--report', 'also download a report on one page (PDF in DICOM)')
      .option('--presentation-state', 'also download the outlines on the images (GSPS)')
      .option('--force', 'replace an earlier result in --output'),
  ).action(downloadCommand);
}

/**
 * `promptseg download JOB --output OUT`: the files of a job's result, named as by `segment --input`. `result.json` is
 * the job. Writes all files or none.
 */
async function downloadCommand(id: string, options: DownloadOptions): Promise<void> {
  const { server, json, force = false } = options;
  const address = `/segmentations/${jobId(id)}`;
  const job = await callApi<Job>(server, address);
  if (job.result === undefined)
    throw new PromptsegError('result-missing', `The job is ${job.state} and has stored no result.`);
  const inVolume = job.findings.some((finding) => finding.status === 'found' && finding.volumeMl !== undefined);
  const files = {
    'segmentation.dcm': 'export/segmentation',
    'measurements.csv': 'measurements.csv',
    ...(inVolume && { 'picture.png': 'picture.png' }),
    ...(options.rtStructureSet && { 'rt-structure-set.dcm': 'export/rt-structure-set' }),
    ...(options.report && { 'report.dcm': 'export/report' }),
    ...(options.presentationState && { 'presentation-state.dcm': 'export/presentation-state' }),
    ...(options.secondaryCapture && { 'secondary-capture.dcm': 'export/secondary-capture' }),
  };
  const output = await openOutputFolder(options.output, { force });
  try {
    for (const [name, part] of Object.entries(files)) {
      const { body } = await requestApi(server, `${address}/${part}`);
      const bytes = Readable.fromWeb((body ?? new Blob([]).stream()) as ReadableStream);
      await pipeline(bytes, createWriteStream(path.join(output.staging, name), { flags: 'wx' }));
    }
    await writeFile(path.join(output.staging, recordName), `${JSON.stringify(job, undefined, 2)}\n`);
    await output.commit();
  } catch (error) {
    await output.discard();
    throw error;
  }
  const names = [...Object.keys(files), recordName];
  print(json, { output: options.output, files: names }, () => `In ${options.output}: ${names.join(', ')}`);
}
