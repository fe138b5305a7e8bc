import { basename } from 'node:path';
import { PromptsegError } from '../../platform/errors.js';
import { loadNormsPackage, type NormsPackage } from './normsPackage.js';
import type { ModelKeys } from './packageSignature.js';

/** Packages of norms, and a sentence for each that cannot be used any more. */
export interface ReadNorms {
  readonly packages: readonly NormsPackage[];
  readonly notes: readonly string[];
}

/**
 * Reads packages of norms when they are needed for the first time, and checks them then. One that was changed since the
 * server started is left out: a result without centiles is better than none.
 * @param folders of packages that loaded when the server started
 */
export function normsReader(folders: readonly string[], keys: ModelKeys): () => Promise<ReadNorms> {
  let reading: Promise<ReadNorms> | undefined;
  return () => {
    reading ??= readNorms(folders, keys);
    return reading;
  };
}

async function readNorms(folders: readonly string[], keys: ModelKeys): Promise<ReadNorms> {
  const read = await Promise.all(
    folders.map((folder) =>
      loadNormsPackage(folder, keys).catch((error: unknown) => {
        if (!(error instanceof PromptsegError)) throw error;
        return `The norms ${basename(folder)} cannot be used: ${error.message}`;
      }),
    ),
  );
  return {
    packages: read.filter((each) => typeof each !== 'string'),
    notes: read.filter((each) => typeof each === 'string'),
  };
}
