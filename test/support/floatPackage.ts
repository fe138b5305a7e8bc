import { changedPackage } from './changedPackage.js';

/** A copy of a model package without its int8 graph, in a folder that does not exist yet. */
export const floatPackage = (original: string, folder: string): Promise<void> =>
  changedPackage(original, folder, 'model.json', (bytes) => {
    const { image, ...manifest } = JSON.parse(bytes.toString());
    return Buffer.from(JSON.stringify({ ...manifest, image: { ...image, int8: undefined } }));
  });
