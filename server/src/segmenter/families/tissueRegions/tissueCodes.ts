import { requiredTissues, type TissueRegionsManifest } from './manifest.js';

/** Codes of the tissues that the operations need. They ascend with density. */
export type TissueCodes = Readonly<Record<(typeof requiredTissues)[number], number>>;

/** @param tissues of a valid manifest, which has every required name */
export function tissueCodes(tissues: TissueRegionsManifest['tissues']): TissueCodes {
  const codes = requiredTissues.map((name) => [name, tissues.findIndex((tissue) => tissue.name === name)]);
  return Object.fromEntries(codes) as TissueCodes;
}
