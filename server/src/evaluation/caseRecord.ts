import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { executionProviderSchema } from '#contract/executionProvider.js';
import type { DatasetCase } from './dataset.js';
import type { AskedLabel } from './measureCase.js';

const caseRecordSchema = z.object({
  case: z.string(),
  /** Equal if measuring again would give the same: see {@link keyOfCase}. */
  key: z.string(),
  seconds: z.number(),
  executionProvider: executionProviderSchema,
  sessionRunMs: z.number(),
  labels: z
    .array(
      z.object({
        label: z.string(),
        trueMl: z.number(),
        foundMl: z.number(),
        dice: z.number().optional(),
        surfaceDice: z.number().optional(),
        meanDistanceMm: z.number().optional(),
        distance95Mm: z.number().optional(),
      }),
    )
    .readonly(),
});

/** The record of a measured case, in `cases/CASE.json` of the output folder, from which an interrupted run resumes. */
export type CaseRecord = z.infer<typeof caseRecordSchema>;

/** Version of the record format: increased when the figures change. */
const figures = 3;

/**
 * Everything that a case's figures depend on: the exact model, the labels, the tolerance, and the files (by size and
 * modification time).
 */
export async function keyOfCase(
  { image, labelMap }: DatasetCase,
  settings: { readonly modelSha256: string; readonly toleranceMm: number; readonly modality: string },
  asked: readonly AskedLabel[],
): Promise<string> {
  const files = await Promise.all(
    // A missing file fails the case when it is read.
    [image.path, labelMap].map((file) => stat(file).catch(() => undefined)),
  );
  const labels = asked.map(({ name, values, targets }) => [name, values, targets.map(({ id }) => id)]);
  return createHash('sha256')
    .update(JSON.stringify([figures, settings, labels, files.map((file) => [file?.size, file?.mtimeMs])]))
    .digest('hex');
}

const fileOf = (folder: string, name: string): string => path.join(folder, 'cases', `${name}.json`);

/** The picture of a label by its index, there if the label has a Dice; relative to the output folder, with slashes. */
export const pictureOf = (name: string, index: number): string => `cases/${name}.${index}.png`;

/** The record of a case from an earlier run, if it is still valid. */
export async function readCaseRecord(folder: string, name: string, key: string): Promise<CaseRecord | undefined> {
  try {
    const record = caseRecordSchema.parse(JSON.parse(await readFile(fileOf(folder, name), 'utf8')));
    return record.key === key ? record : undefined;
  } catch {
    // Missing, or written by another version: the case is measured again.
    return undefined;
  }
}

/** Written before the record of the case. @param picture PNG */
export async function writePicture(folder: string, name: string, index: number, picture: Uint8Array): Promise<void> {
  const file = path.join(folder, pictureOf(name, index));
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, picture);
}

/** Written completely or not at all, because a run may be interrupted at any time. */
export async function writeCaseRecord(folder: string, record: CaseRecord): Promise<void> {
  const file = fileOf(folder, record.case);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.part`, JSON.stringify(record));
  await rename(`${file}.part`, file);
}
