import type { TargetView } from './targetView.js';

/** Equal for the same structure on the same side, no matter which model found it: code, region and side. */
export const structureKey = ({ code, anatomicRegion, laterality }: TargetView): string =>
  JSON.stringify([code.scheme, code.value, anatomicRegion?.scheme, anatomicRegion?.value, laterality]);
