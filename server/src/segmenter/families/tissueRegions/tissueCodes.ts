import type { TissueRegionsManifest } from '../tissueRegionsManifest.js';

/** The codes that the operations ask for by name. Codes ascend with density. */
export interface TissueCodes {
  readonly gas: number;
  readonly aerated: number;
  readonly interface: number;
  readonly fat: number;
  readonly enhanced: number;
  readonly bone: number;
  readonly cortical: number;
  readonly metal: number;
}

/** @throws RangeError for a name that the manifest lacks */
export function tissueCodes(tissues: TissueRegionsManifest['tissues']): TissueCodes {
  const code = (name: keyof TissueCodes) => {
    const found = tissues.findIndex((tissue) => tissue.name === name);
    if (found < 0) throw new RangeError(`The family tissue-regions needs a tissue named ${name}.`);
    return found;
  };
  return {
    gas: code('gas'),
    aerated: code('aerated'),
    interface: code('interface'),
    fat: code('fat'),
    enhanced: code('enhanced'),
    bone: code('bone'),
    cortical: code('cortical'),
    metal: code('metal'),
  };
}
