import type { Caution } from '#contract/caution.js';
import type { FoundFinding } from '#contract/finding.js';
import type { Mask } from '../../values/mask.js';
import type { Volume } from '../../values/volume.js';
import { bodyAcross } from './bodyAcross.js';
import { otherStructure, placeAt } from './place.js';
import { besideTheMiddle } from './structureFacts.js';

/** In mm. Beyond the counterpart by less, the two are above each other rather than exchanged. */
const leastBeyondOther = 2;
/** In mm. In a tilted head the middle of the body is known to a few millimetres only. */
const leastBeyondMiddle = 10;

/**
 * A caution for a left or right structure whose centre is on the wrong side: of its counterpart if that was found, or
 * else of the middle of the body in the image. In LPS, left is where x is greater.
 */
export function cautionsOfSide(
  finding: FoundFinding,
  others: readonly FoundFinding[],
  mask: Mask,
  volume: Volume,
): Caution[] {
  const { target, centroidLps } = finding;
  const { code, laterality } = target;
  if ((laterality !== 'left' && laterality !== 'right') || centroidLps === undefined) return [];
  const opposite = laterality === 'left' ? 'right' : 'left';
  const beyond = (x: number): number => (laterality === 'left' ? x - centroidLps[0] : centroidLps[0] - x);
  const places = [placeAt(volume, centroidLps)];

  const other = others.find((each) => each.target.code.value === code.value && each.target.laterality === opposite);
  if (other?.centroidLps !== undefined) {
    const distanceMm = beyond(other.centroidLps[0]);
    if (distanceMm < leastBeyondOther) return [];
    const text = `It is further ${opposite} than ${other.target.name}: sides may be exchanged.`;
    return [{ code: 'wrong-side', text, distanceMm, other: otherStructure(other.target), places }];
  }
  const middle = besideTheMiddle.has(code.value) ? bodyAcross(mask, volume)?.middle : undefined;
  const distanceMm = middle === undefined ? 0 : beyond(middle);
  if (distanceMm < leastBeyondMiddle) return [];
  const text = `It is ${Math.round(distanceMm)} mm to the ${opposite} of the middle of the body.`;
  return [{ code: 'wrong-side', text, distanceMm, places }];
}
