import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The DICOM files (`*.dcm`) in a folder, sorted by name. */
export const readDicomFiles = (folder: string): Uint8Array[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.dcm'))
    .sort()
    .map((file) => new Uint8Array(readFileSync(path.join(folder, file))));
