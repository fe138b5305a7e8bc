import type { TissueRegionsManifest } from './manifest.js';
import type { Regions } from './regions.js';

/** Why a target was not found, in a sentence for a radiologist. */
export function whyAbsent(
  name: string,
  { region, minimumMl }: TissueRegionsManifest['targets'][number],
  foundMl: number,
  { support }: Regions,
): string {
  const isEmpty = (other: keyof Regions['support']) => support[other].every((level) => level === 0);
  if (foundMl === 0 && (region === 'leftLung' || region === 'rightLung')) {
    const other = region === 'leftLung' ? 'rightLung' : 'leftLung';
    return isEmpty(other)
      ? 'No aerated lung is in the field of view.'
      : `Aerated lung was found on the other side only; no ${name} is in the field of view, or it is not aerated.`;
  }
  if (foundMl === 0 && region === 'airways')
    return isEmpty('leftLung') && isEmpty('rightLung')
      ? 'No aerated lung is in the field of view, and airways are only recognised if they lead to the lungs.'
      : 'No trachea was found above the lungs: it is outside the field of view, or its lumen could not be separated.';
  if (foundMl === 0) return `Nothing in the image meets the criteria of ${name}.`;
  const found = `${foundMl.toPrecision(2)} mL`;
  return `Only ${found} met the criteria of ${name}; less than ${minimumMl} mL counts as not found.`;
}
