import type { TargetView } from '#contract/finding.js';
import type { Target } from './target.js';

/** A target as people and programs see it. */
export function viewTarget({ id, name, concept, freeText }: Omit<Target, 'prompt' | 'instances'>): TargetView {
  return {
    id,
    name,
    code: concept.type,
    ...(concept.laterality && { laterality: concept.laterality }),
    ...(concept.anatomicRegion && { anatomicRegion: concept.anatomicRegion }),
    displayColour: concept.displayColour,
    ...(freeText !== undefined && { freeText }),
  };
}
