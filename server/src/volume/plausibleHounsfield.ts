/** Hounsfield units that only air, lung and fat have; a body in air holds thousands of such voxels. */
const airToFat = { from: -1200, to: -30 } as const;
/**
 * Air around the patient, or the padding of the round field of view, fills at least this part of an image that shows a
 * body in air.
 */
const largeShare = 0.05;
/** If such a large share of the voxels has the lowest value, that value stands for air. */
const highestAir = -850;
/** A body has voxels above this; without any, it is not soft tissue. */
const lowestSoft = -150;
/** Fewer voxels prove nothing. */
const enough = 4096;
/** Sampled in steps: 50,000 voxels of a large series give the same result. */
const looksAt = 200_000;

/**
 * Why the values of a CT can hardly be Hounsfield units (air -1000, water 0): scaled to 0…255, clipped to a window,
 * without their intercept, or with it twice. A warning, not a refusal, because phantoms and reconstructions of a part
 * without air and fat have no such values either.
 * @returns sentences for people; empty if there is no doubt
 */
export function doubtsAboutHounsfield(voxels: Int16Array | Float32Array): string[] {
  if (voxels.length < enough) return [];
  const step = Math.max(1, Math.floor(voxels.length / looksAt));
  let [looked, low, soft, lowest, highest, atLowest] = [0, 0, 0, Infinity, -Infinity, 0];
  for (let n = 0; n < voxels.length; n += step) {
    const value = voxels[n]!;
    looked++;
    if (value >= airToFat.from && value < airToFat.to) low++;
    if (value > lowestSoft) soft++;
    if (value > highest) highest = value;
    if (value < lowest) [lowest, atLowest] = [value, 0];
    if (value === lowest) atLowest++;
  }
  const doubt =
    low === 0
      ? `none is between ${airToFat.from} and ${airToFat.to} HU, as air and fat are`
      : soft === 0
        ? `none is above ${lowestSoft} HU, as every tissue but lung is`
        : lowest > highestAir && atLowest >= largeShare * looked
          ? `the lowest value, ${round(lowest)}, fills ${Math.round((100 * atLowest) / looked)} % of the ` +
            'images, as only air (-1000 HU) can'
          : undefined;
  if (doubt === undefined) return [];
  return [
    `The values (${round(lowest)} to ${round(highest)}) can hardly be Hounsfield units: ${doubt}. A model of CT ` +
      'cannot be relied on here; look at the result.',
  ];
}

const round = (value: number): number => Number(value.toFixed(1));
