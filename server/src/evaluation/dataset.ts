import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { PromptsegError } from '../platform/errors.js';
import type { NiftiModality } from '../volume/volumeOfNifti.js';

/** `dataset.json` as in nnU-Net (version 1 or 2), and our own `prompts`; other fields are ignored. */
const datasetFileSchema = z.object({
  name: z.string().optional(),
  /** Version 2: `{ "0": "CT" }`. Only one channel can be evaluated. */
  channel_names: z.record(z.string(), z.string()).optional(),
  /** Version 1: the same. */
  modality: z.record(z.string(), z.string()).optional(),
  /** Version 2: name → value, or its values. Version 1: value → name. */
  labels: z.record(z.string(), z.union([z.int(), z.array(z.int()).min(1), z.string()])),
  /** Label name → the prompt for it, if the model would not understand the name. */
  prompts: z.record(z.string(), z.string()).optional(),
});

/** A structure of the label maps. */
export interface DatasetLabel {
  readonly name: string;
  /** The prompt for the model. */
  readonly prompt: string;
  /** Values of its voxels in the label maps. */
  readonly values: readonly number[];
}

export interface DatasetCase {
  readonly name: string;
  /** A NIfTI file, or a folder with the DICOM images of one series. */
  readonly image: { readonly path: string; readonly kind: 'nifti' | 'dicom' };
  /** A NIfTI file. */
  readonly labelMap: string;
}

export interface Dataset {
  readonly name: string;
  readonly modality: NiftiModality;
  readonly labels: readonly DatasetLabel[];
  readonly cases: readonly DatasetCase[];
  /** Choices made while reading, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads the layout of a labelled dataset: `dataset.json`, `images/` (or nnU-Net's `imagesTr`) and `labels/`
 * (`labelsTr`). An image is `CASE.nii.gz`, `CASE_0000.nii.gz`, `CASE.nii`, or a folder `CASE` with DICOM files; its
 * label map is `CASE.nii.gz` or `CASE.nii`.
 *
 * @param modality instead of the one in dataset.json
 * @throws PromptsegError `dataset-invalid`
 */
export async function readDataset(folder: string, modality?: NiftiModality): Promise<Dataset> {
  const text = await readFile(path.join(folder, 'dataset.json'), 'utf8').catch(() => {
    throw invalid('has no dataset.json');
  });
  const file = parse(text);
  const channels = Object.values(file.channel_names ?? file.modality ?? {});
  if (channels.length > 1) throw invalid('has images of several channels; only one can be evaluated');
  const known = modality ?? modalityOf(channels[0] ?? '');
  if (known === undefined) throw invalid('does not say whether its images are CT, MR or PET; name it with --modality');
  const { cases, notes } = await listCases(folder);
  if (cases.length === 0) throw invalid('has no image with a label map');
  return {
    name: file.name ?? path.basename(path.resolve(folder)),
    modality: known,
    labels: labelsOf(file),
    cases,
    notes,
  };
}

function parse(text: string): z.infer<typeof datasetFileSchema> {
  try {
    return datasetFileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw invalid('has a dataset.json that does not follow nnU-Net’s layout', cause);
  }
}

function modalityOf(channel: string): NiftiModality | undefined {
  if (/^ct$/i.test(channel)) return 'CT';
  if (/^(pet?t?|pt)$/i.test(channel)) return 'PT';
  return /mr|t1|t2|flair|dwi|adc|^pd/i.test(channel) ? 'MR' : undefined;
}

function labelsOf({ labels, prompts = {} }: z.infer<typeof datasetFileSchema>): DatasetLabel[] {
  const named = Object.entries(labels).map(([key, value]): DatasetLabel => {
    const [name, values] = typeof value === 'string' ? [value, [Number(key)]] : [key, [value].flat()];
    return { name, prompt: prompts[name] ?? name, values };
  });
  // 0 is the background; nnU-Net also has an "ignore" label, which must not count.
  const asked = named.filter(({ name, values }) => name !== 'ignore' && !(values.length === 1 && values[0] === 0));
  if (asked.length === 0) throw invalid('names no label');
  return asked;
}

const niftiName = /\.nii(\.gz)?$/i;

async function listCases(folder: string): Promise<Pick<Dataset, 'cases' | 'notes'>> {
  const images = await firstFolder(folder, ['images', 'imagesTr']);
  const labels = await firstFolder(folder, ['labels', 'labelsTr']);
  const labelMaps = new Map<string, string>();
  for (const name of await readdir(labels))
    if (niftiName.test(name)) labelMaps.set(name.replace(niftiName, ''), path.join(labels, name));
  const cases: DatasetCase[] = [];
  const withoutLabels: string[] = [];
  for (const entry of (await readdir(images, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const kind = entry.isDirectory() ? 'dicom' : niftiName.test(entry.name) ? 'nifti' : undefined;
    if (kind === undefined) continue;
    const whole = entry.name.replace(niftiName, '');
    const name = labelMaps.has(whole) ? whole : whole.replace(/_0000$/, '');
    const labelMap = labelMaps.get(name);
    if (labelMap === undefined) withoutLabels.push(name);
    else cases.push({ name, image: { path: path.join(images, entry.name), kind }, labelMap });
  }
  const left = withoutLabels.length;
  return { cases, notes: left > 0 ? [`${left} of the images have no label map and were left out.`] : [] };
}

async function firstFolder(folder: string, names: readonly string[]): Promise<string> {
  for (const name of names) {
    const candidate = path.join(folder, name);
    if ((await stat(candidate).catch(() => undefined))?.isDirectory()) return candidate;
  }
  throw invalid(`has no folder ${names.join(' or ')}`);
}

const invalid = (what: string, cause?: unknown): PromptsegError =>
  new PromptsegError('dataset-invalid', `The dataset ${what}.`, { cause });
