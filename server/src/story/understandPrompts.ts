import type { Finding } from '#contract/finding.js';
import type { UnderstoodPart } from '../prompts/promptResolution.js';
import { type ResolveOptions, resolvePrompts } from '../prompts/resolvePrompts.js';
import { regionsShown } from '../values/bodyRegions.js';
import type { Target } from '../values/target.js';
import { viewTarget } from '../values/viewTarget.js';
import type { Vocabulary } from '../values/vocabulary.js';

export interface UnderstoodPrompts {
  /** Each target once, in the order of the text; the first mention gives the prompt. */
  readonly targets: readonly Target[];
  /** One for each part of the text that was not understood. */
  readonly refused: readonly Extract<Finding, { status: 'refused' }>[];
  /** Contradictions between the text and the series, one sentence each; absent in records of earlier versions. */
  readonly contradictions?: readonly string[];
}

/** What is known about the images of a request. */
export interface StatedOfSeries {
  /** Modality (0008,0060) */
  readonly modality?: string;
  /** Body Part Examined (0018,0015) */
  readonly bodyPartExamined?: string;
}

/**
 * Resolves the prompts of a request for one model: targets, and a refused finding for each part that it does not know.
 */
export function understandPrompts(
  prompts: readonly string[],
  vocabulary: Vocabulary,
  { series = {}, ...options }: ResolveOptions & { readonly series?: StatedOfSeries } = {},
): UnderstoodPrompts {
  const resolutions = resolvePrompts(prompts, vocabulary, options);
  const targets = new Map<string, Target>();
  const contradictions = new Set<string>();
  for (const resolution of resolutions)
    if (resolution.status === 'understood') {
      for (const target of resolution.targets) if (!targets.has(target.id)) targets.set(target.id, target);
      const contradiction = contradictionOf(resolution, series);
      if (contradiction !== undefined) contradictions.add(contradiction);
    }
  const refused = resolutions.flatMap((resolution) => {
    if (resolution.status === 'understood') return [];
    const { prompt, code, reason, nearest } = resolution;
    return [{ status: 'refused' as const, prompt, code, reason, nearest: nearest.map((target) => viewTarget(target)) }];
  });
  return { targets: [...targets.values()], refused, contradictions: [...contradictions] };
}

/** A sentence if the text names another kind of image than the series: "in chest CT" for an MR. */
export function contradictionOf({ about }: UnderstoodPart, series: StatedOfSeries): string | undefined {
  if (about === undefined) return undefined;
  const { modality = '', bodyPartExamined = '' } = series;
  if (modality !== '' && about.modalities.length > 0 && !about.modalities.includes(modality))
    return `The text says “${about.words}”, but the series is of modality ${modality}.`;
  const shown = regionsShown(bodyPartExamined);
  if (shown !== undefined && about.regions.length > 0 && !about.regions.some((region) => shown.includes(region)))
    return `The text says “${about.words}”, but by its Body Part Examined the series shows ${bodyPartExamined}.`;
  return undefined;
}
