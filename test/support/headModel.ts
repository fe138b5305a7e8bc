import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from '@jest/globals';

/** Folder with the model packages: the shipped ones, or those of PROMPTSEG_MODELS, as for the server. */
export const modelsFolder = path.resolve(
  process.env.PROMPTSEG_MODELS ?? path.join(import.meta.dirname, '../../models'),
);

/** Folder of the head model's package; undefined without its weights. */
export function headModel(): string | undefined {
  const folder = path.join(modelsFolder, 'head');
  return existsSync(path.join(folder, 'model.json')) ? folder : undefined;
}

/** `describe` that runs with the folder of the head model, or is skipped with a warning. */
export function describeWithHeadModel(title: string, body: (folder: string) => void): void {
  const folder = headModel();
  if (folder !== undefined) {
    describe(title, () => body(folder));
    return;
  }
  console.warn(`SKIPPED: "${title}" needs the head model, but there is no models/head.`);
  describe.skip(title, () => {
    it('needs models/head', () => {});
  });
}
