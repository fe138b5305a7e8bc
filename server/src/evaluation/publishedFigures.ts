import { understandPrompts } from '../story/understandPrompts.js';
import type { Vocabulary } from '../values/vocabulary.js';
import type { NiftiModality } from '../volume/volumeOfNifti.js';

/** Published Dice of a structure, 0–1, by method. */
export interface PublishedFigure {
  readonly dataset: string;
  readonly source: string;
  readonly dice: Readonly<Record<string, number>>;
}

interface PublishedTable {
  readonly dataset: string;
  readonly source: string;
  readonly methods: readonly string[];
  /** Dice in %, in the order of `methods`. */
  readonly rows: Readonly<Record<string, readonly number[]>>;
}

const source = 'model card of MedImageParse3D, Azure AI model catalog (Azure/azureml-assets), read 2026-11';

/** All on AMOS22 (Ji et al., NeurIPS 2022), by the authors of MedImageParse3D. Facts, not measured here. */
const tables: Readonly<Partial<Record<NiftiModality, PublishedTable>>> = {
  CT: {
    dataset: 'AMOS22 CT',
    source,
    methods: ['MedImageParse3D', 'nnU-Net', 'SegVol'],
    rows: {
      aorta: [95.27, 95.2, 92.07],
      'urinary bladder': [90.17, 87.52, 88.03],
      duodenum: [83.27, 80.72, 72.49],
      esophagus: [87.11, 87.31, 64.47],
      gallbladder: [85.96, 83.06, 79.05],
      'left adrenal gland': [79.48, 78.06, 76.31],
      'left kidney': [96.39, 95.39, 94.58],
      liver: [97.71, 96.09, 96.24],
      pancreas: [88.42, 86.57, 80.97],
      'inferior vena cava': [92.02, 90.38, 83.65],
      'right adrenal gland': [79.39, 78.24, 71.07],
      'right kidney': [96.88, 93.19, 92.92],
      spleen: [96.91, 96.91, 94.03],
      stomach: [91.49, 89.79, 88.82],
    },
  },
  MR: {
    dataset: 'AMOS22 MRI',
    source,
    methods: ['MedImageParse3D', 'nnU-Net'],
    rows: {
      aorta: [95.73, 95.64],
      duodenum: [76.03, 66.78],
      esophagus: [81.38, 73.62],
      gallbladder: [66.58, 66.32],
      'left adrenal gland': [63.35, 57.15],
      'left kidney': [96.92, 95.82],
      liver: [97.65, 97.25],
      pancreas: [88.7, 79.29],
      'inferior vena cava': [87.26, 90.66],
      'right adrenal gland': [68.14, 53.29],
      'right kidney': [96.69, 85.48],
      spleen: [96.88, 96.66],
      stomach: [88.93, 88.8],
    },
  },
};

/** The published figure of a structure, identified by the ids of its targets. */
export type PublishedFor = (targetIds: readonly string[]) => PublishedFigure | undefined;

/** The published figures of a modality; their structures are resolved in the model's vocabulary like prompts. */
export function publishedFor(modality: NiftiModality, vocabulary: Vocabulary): PublishedFor {
  const table = tables[modality];
  if (table === undefined) return () => undefined;
  const { dataset, methods } = table;
  const figures = new Map<string, PublishedFigure>();
  for (const [name, row] of Object.entries(table.rows)) {
    const { targets, refused } = understandPrompts([name], vocabulary);
    if (targets.length === 0 || refused.length > 0) continue;
    const dice = Object.fromEntries(methods.map((method, index) => [method, Number((row[index]! / 100).toFixed(4))]));
    figures.set(keyOf(targets.map(({ id }) => id)), { dataset, source: table.source, dice });
  }
  return (ids) => figures.get(keyOf(ids));
}

const keyOf = (ids: readonly string[]): string => [...ids].sort().join(' ');
