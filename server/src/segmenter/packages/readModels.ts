import type { Config } from '../../platform/config.js';
import { log } from '../../platform/log.js';
import { loadModelPackages, type ModelLibrary } from './modelPackage.js';
import { type ModelKeys, readModelKeys } from './packageSignature.js';

/**
 * The keys, one of which must have signed a model package; empty if packages need no signature.
 * @throws PromptsegError `settings-file-invalid`
 */
export const modelKeysOf = async ({ modelKeysFile }: Pick<Config, 'modelKeysFile'>): Promise<ModelKeys> =>
  modelKeysFile === undefined ? [] : readModelKeys(modelKeysFile);

/** Loads the model packages of the configured folder, and logs those that are refused. */
export async function readModels(config: Pick<Config, 'modelsFolder' | 'modelKeysFile'>): Promise<ModelLibrary> {
  const library = await loadModelPackages(config.modelsFolder, await modelKeysOf(config));
  for (const { folder: refused, error } of library.refused)
    log.error({ folder: refused, reason: error.message }, 'model package refused');
  return library;
}
