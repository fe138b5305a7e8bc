import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RefusalCode } from '#contract/refusalCode.js';
import { resolvePrompts } from '../prompts/resolvePrompts.js';
import { readsFreeText } from '../segmenter/packages/modelManifest.js';
import type { ModelLibrary, ModelPackage } from '../segmenter/packages/modelPackage.js';
import { type ModelQuestion, servingModels } from './chooseModel.js';

/** An installed model that understands a part that the chosen one does not. */
export interface OtherModel {
  readonly id: string;
  readonly name: string;
  readonly modalities: readonly string[];
  /** Whether it supports the series: by its modality, and not made only for other body regions. */
  readonly servesSeries: boolean;
}

export interface Refusal {
  /** The part of the text. */
  readonly prompt: string;
  readonly code?: RefusalCode | undefined;
  readonly reason: string;
}

/** Limits the parts of one text that are looked up, since each is read once per installed model. */
const mostLookedUp = 8;

const lookedUp: ReadonlySet<RefusalCode | undefined> = new Set(['unknown-words', 'not-in-model', 'not-offered']);

/**
 * Adds to a model's refusals which other installed models understand the part, and a sentence that is true for the
 * whole installation.
 */
export async function lookElsewhere<Refused extends Refusal>(
  refusals: readonly Refused[],
  chosen: ModelPackage,
  library: ModelLibrary,
  series: Omit<ModelQuestion, 'prompts' | 'model'>,
): Promise<readonly { readonly refusal: Refused; readonly reason: string; readonly others: readonly OtherModel[] }[]> {
  const serving = servingModels(library, series).filter(({ fit }) => fit !== 'elsewhere' || series.anyway);
  const looked = [];
  for (const [place, refusal] of refusals.entries()) {
    const others: OtherModel[] = [];
    if (place < mostLookedUp && lookedUp.has(refusal.code)) {
      await nextTurn();
      for (const other of library.packages) {
        if (other === chosen || !understands(other, refusal.prompt)) continue;
        const { id, name, modalities } = other.manifest;
        others.push({ id, name, modalities, servesSeries: serving.some(({ model }) => model === other) });
      }
    }
    looked.push({ refusal, reason: reasonFor(refusal, others, chosen, series.modality), others });
  }
  return looked;
}

const understands = ({ vocabulary, manifest }: ModelPackage, prompt: string): boolean =>
  resolvePrompts([prompt], vocabulary, { freeText: readsFreeText(manifest) }).every(
    ({ status }) => status === 'understood',
  );

function reasonFor(
  { prompt, code, reason }: Refusal,
  others: readonly OtherModel[],
  chosen: ModelPackage,
  modality: string | undefined,
): string {
  const here = others.filter(({ servesSeries }) => servesSeries);
  if (here.length > 0)
    return `“${prompt}” is not in the model ${chosen.manifest.name}, but in ${listNames(here)}: ask for it separately.`;
  if (code !== 'not-in-model' && others.length === 0) return reason;
  const where = modality === undefined ? '' : ` on ${modality}`;
  const elsewhere = others.map(({ name, modalities }) => ` ${name} does, on ${modalities.join(' and ')}.`).join('');
  return `No installed model segments “${prompt}”${where}.${elsewhere}`;
}

const listNames = (models: readonly OtherModel[]): string => models.map(({ name }) => name).join(' and ');
