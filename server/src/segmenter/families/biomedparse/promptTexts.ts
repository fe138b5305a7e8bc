import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../../../values/target.js';
import type { GraphRuntime } from '../../onnxRuntime.js';
import type { TargetOutcome } from '../../segmenter.js';
import type { FreeText } from './freeTextManifest.js';
import { createFreeTexts } from './freeTexts.js';
import type { Distribution } from './manifest2d.js';
import type { TextRow } from './textsManifest.js';

type Row = TextRow & { readonly existence?: readonly Distribution[] | undefined };

/** The network's text for one target. */
export interface AskedText {
  /** [1, tokens, dimension] */
  readonly embeddings: { readonly data: Float32Array; readonly dims: readonly [1, number, number] };
  /** The CT window for it. */
  readonly window: string | undefined;
  /** Statistics of its true masks; version 1 only. */
  readonly existence?: readonly Distribution[] | undefined;
}

export interface PromptTexts {
  /**
   * The text for a target in images of a modality: from the vocabulary, or the target's own words if it is free text;
   * undefined if the model does not look for it there.
   */
  of(target: Target, modality: string): Promise<AskedText | undefined>;
  /** The modalities of images in which the model looks for a target. */
  modalitiesOf(target: string): readonly string[];
}

/** The texts of the vocabulary with their token embeddings, and the encoder of free text if the package has one. */
export async function readPromptTexts(
  {
    bank,
    rows,
    freeText,
  }: {
    readonly bank: { readonly file: string; readonly dimension: number };
    readonly rows: readonly Row[];
    readonly freeText?: FreeText | undefined;
  },
  folder: string,
  runtime: GraphRuntime,
): Promise<PromptTexts> {
  const bytes = await readFile(join(folder, bank.file));
  const values = new Float32Array(Uint8Array.from(bytes).buffer);
  const texts = new Map<string, AskedText>();
  let start = 0;
  for (const { target, modality, tokens, window, existence } of rows) {
    const end = start + tokens * bank.dimension;
    const data = values.subarray(start, end);
    texts.set(`${target} ${modality}`, { embeddings: { data, dims: [1, tokens, bank.dimension] }, window, existence });
    start = end;
  }
  const encode = freeText && createFreeTexts(freeText, bank.dimension, folder, runtime);
  return {
    of: async ({ id, freeText: words }, modality) =>
      words === undefined ? texts.get(`${id} ${modality}`) : encode?.(words, modality),
    modalitiesOf: (target) => rows.flatMap((row) => (row.target === target ? [row.modality] : [])),
  };
}

/** For a target that the model looks for in images of other modalities only. */
export const notLookedFor = (texts: PromptTexts, target: Target): Extract<TargetOutcome, { status: 'not-found' }> => ({
  target,
  status: 'not-found',
  reason: `The model looks for it in images of modality ${texts.modalitiesOf(target.id).join(' and ')} only.`,
});

/**
 * The texts by CT window; one group for images that are not CT. `members` are indices of texts.
 */
export function byWindow(
  texts: readonly AskedText[],
  modality: string,
): { window: string | undefined; members: number[] }[] {
  const windowOf = ({ window }: AskedText) => (modality === 'CT' ? window : undefined);
  return [...new Set(texts.map(windowOf))].map((window) => ({
    window,
    members: texts.flatMap((text, n) => (windowOf(text) === window ? [n] : [])),
  }));
}

/** Which windows CT was shown in, one sentence each. */
export const windowNotes = (
  ctWindows: Readonly<Record<string, { readonly level: number; readonly width: number }>>,
  names: readonly (string | undefined)[],
): string[] =>
  names.flatMap((name) =>
    name === undefined
      ? []
      : [
          `CT was shown to the model in the window "${name}" (level ${ctWindows[name]!.level} HU, width ` +
            `${ctWindows[name]!.width} HU).`,
        ],
  );
