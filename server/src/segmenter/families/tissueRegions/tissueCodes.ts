import { requiredTissues, type TissueRegionsManifest } from '../tissueRegionsManifest.js';

/** The codes that the operations ask for by name. Codes ascend with density. */
export type TissueCodes = Readonly<Record<(typeof requiredTissues)[number], number>>;

/** @param tissues of a manifest that its schema accepted, so that every required name is there */
export function tissueCodes(tissues: TissueRegionsManifest['tissues']): TissueCodes {
  const codes = requiredTissues.map((name) => [name, tissues.findIndex((tissue) => tissue.name === name)]);
  return Object.fromEntries(codes) as TissueCodes;
}
