import type { ModelDetails } from '#contract/models.js';
import { resolvePrompts } from '../../prompts/resolvePrompts.js';
import type { ModelPackage } from '../../segmenter/packages/modelPackage.js';
import type { Target } from '../../values/target.js';
import { viewTarget } from '../../values/viewTarget.js';

type DiceOnDataset = ModelDetails['dice'][number];

/** A model's measured Dice coefficients by dataset, and which of the measured structures it offers. */
export function diceOfModel({ manifest, vocabulary }: Pick<ModelPackage, 'manifest' | 'vocabulary'>): DiceOnDataset[] {
  const figures = manifest.evaluation.filter(({ metric }) => metric === 'Dice');
  const datasets = [...new Set(figures.map(({ dataset }) => dataset))];
  return datasets.map((dataset) => {
    const measured = figures.filter((figure) => figure.dataset === dataset);
    const summary = measured.find(({ target }) => isSummary(target));
    const structures = measured
      .filter((figure) => figure !== summary)
      .map(({ target, value }) => {
        const targets = offeredAs(target, vocabulary).map(viewTarget);
        return { name: target, value, offered: targets.length > 0, targets };
      })
      .sort((a, b) => b.value - a.value);
    return { dataset, ...(summary && { summary: { of: summary.target, value: summary.value } }), structures };
  });
}

const isSummary = (target: string): boolean => /^mean of /.test(target);

function offeredAs(name: string, vocabulary: ModelPackage['vocabulary']): readonly Target[] {
  const parts = resolvePrompts([name], vocabulary);
  const isOffered = parts.every((part) => part.status === 'understood' && part.correctedTo === undefined);
  return isOffered ? parts.flatMap((part) => (part.status === 'understood' ? part.targets : [])) : [];
}
