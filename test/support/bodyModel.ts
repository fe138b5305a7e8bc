import { existsSync } from 'node:fs';
import path from 'node:path';
import { modelsFolder } from './headModel.js';

/** Folder of the trunk model's package; undefined without its weights. */
export function bodyModel(): string | undefined {
  const folder = path.join(modelsFolder, 'body');
  return existsSync(path.join(folder, 'model.json')) ? folder : undefined;
}
