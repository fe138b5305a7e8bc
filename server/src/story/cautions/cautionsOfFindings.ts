import type { Caution } from '#contract/caution.js';
import type { Finding } from '#contract/finding.js';
import type { Mask } from '../../values/mask.js';
import type { Volume } from '../../values/volume.js';
import { cautionsAroundTheBrain } from './aroundTheBrain.js';
import { withCautions } from './cautions.js';
import { cautionsOfOverlaps, type FoundMask } from './ofOverlaps.js';
import { cautionsOfShape } from './ofShape.js';
import { cautionsOfSide } from './ofSide.js';

/**
 * Adds all cautions to the findings of one result.
 * @param masks of the findings, in their order; undefined if nothing was found
 * @param ofVolume cautions about the volume, for everything found in it
 */
export function cautionsOfFindings<Each extends Finding>(
  findings: readonly Each[],
  masks: readonly (Mask | undefined)[],
  volume: Volume,
  ofVolume: readonly Caution[] = [],
): readonly Each[] {
  const found = findings.flatMap((finding, index): FoundMask[] => {
    const mask = masks[index];
    return finding.status === 'found' && mask !== undefined ? [{ finding, mask }] : [];
  });
  const all = found.map(({ finding }) => finding);
  return withCautions(findings, volume.grid.size, (index) => {
    const each = found.find(({ finding }) => finding === findings[index]);
    if (each === undefined) return [];
    const { finding, mask } = each;
    return [
      ...ofVolume,
      ...cautionsOfShape(finding, mask, volume),
      ...cautionsAroundTheBrain(finding.target.code.value, mask, volume),
      ...cautionsOfSide(finding, all, mask, volume),
      ...cautionsOfOverlaps(each, found, volume),
    ];
  });
}
