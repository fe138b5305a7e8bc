import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { jobSchema, segmentationRequestSchema } from '#contract/job.js';
import { uidSchema } from '#contract/uid.js';
import { PromptsegError } from '../../platform/errors.js';

const requestSchema = segmentationRequestSchema.omit({ studyInstanceUID: true, seriesInstanceUID: true });
/** The request for each series. */
export type CohortRequest = z.infer<typeof requestSchema>;

const cohortSchema = z.object({
  /** How the series were chosen: the text of --query, or the name of --list. */
  chosenBy: z.string(),
  request: requestSchema,
  members: z.array(z.object({ studyInstanceUID: uidSchema, seriesInstanceUID: uidSchema })).readonly(),
});
export type Cohort = z.infer<typeof cohortSchema>;

/** Progress of a series. */
const progressSchema = z.discriminatedUnion('state', [
  /** The request may or may not have arrived. */
  z.object({ state: z.literal('submitting'), at: z.iso.datetime() }),
  z.object({ state: z.literal('submitted'), job: z.uuid() }),
  /** No job was accepted. */
  z.object({ state: z.literal('refused'), code: z.string(), reason: z.string() }),
  z.object({ state: z.literal('ended'), job: jobSchema }),
]);
export type SeriesProgress = z.infer<typeof progressSchema>;

/**
 * The output folder of a cohort: `cohort.json` describes the cohort, `series/UID.json` the progress of each series.
 * Files are written completely or not at all, so a killed run can continue.
 */
export class CohortFolder {
  constructor(readonly folder: string) {}

  /** @returns undefined if the folder contains no cohort yet */
  read = (): Promise<Cohort | undefined> => this.#read('cohort.json', cohortSchema);

  write = (cohort: Cohort): Promise<void> => this.writeFile('cohort.json', JSON.stringify(cohort));

  /** @returns undefined if nothing was requested for the series yet */
  readSeries = (seriesInstanceUID: string): Promise<SeriesProgress | undefined> =>
    this.#read(nameOf(seriesInstanceUID), progressSchema);

  writeSeries = (seriesInstanceUID: string, progress: SeriesProgress): Promise<void> =>
    this.writeFile(nameOf(seriesInstanceUID), JSON.stringify(progress));

  async writeFile(name: string, content: string | Uint8Array): Promise<void> {
    const file = path.join(this.folder, name);
    try {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(`${file}.part`, content);
      await rename(`${file}.part`, file);
    } catch (cause) {
      throw new PromptsegError('output-unusable', 'The output folder cannot be written to.', { cause });
    }
  }

  async #read<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const text = await readFile(path.join(this.folder, name), 'utf8').catch((cause) => {
      if (cause.code === 'ENOENT') return undefined;
      throw new PromptsegError('output-unusable', 'The output folder cannot be read.', { cause });
    });
    if (text === undefined) return undefined;
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw new PromptsegError(
        'output-unusable',
        `${name} in the output folder is not from this version of Promptseg. Choose another folder.`,
        { cause },
      );
    }
  }
}

const nameOf = (seriesInstanceUID: string): string => `series/${seriesInstanceUID}.json`;
