import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from '@jest/globals';

const repository = path.resolve(import.meta.dirname, '../..');
const sharedData = path.resolve(repository, '../shared/data');
const unpacked = path.join(repository, '.cache/shared-data');

/**
 * Folder with the unpacked test series `name` of the shared data, which are next to the repository and not part of it.
 * Unpacked once into the repository's cache. Undefined if the shared data are absent.
 */
export function sharedSeries(name: string): string | undefined {
  const folder = path.join(unpacked, name);
  if (existsSync(folder)) return folder;
  if (!existsSync(path.join(sharedData, `${name}.tar.gz`))) return undefined;
  execFileSync(path.join(sharedData, 'unpack'), [unpacked, name], { stdio: 'inherit' });
  return folder;
}

/** A file or folder that the shared data contain unpacked (`train/…`, `models/…`); undefined if absent. */
export function sharedPath(...parts: string[]): string | undefined {
  const found = path.join(sharedData, ...parts);
  return existsSync(found) ? found : undefined;
}

/** Folder of one of the small inputs that once went wrong, next to the shared data; undefined if absent. */
export function sharedCase(...parts: string[]): string | undefined {
  const found = path.join(sharedData, '../cases', ...parts);
  return existsSync(found) ? found : undefined;
}

/** `describe` that runs with the folders of shared series, or is skipped with a warning that names what is missing. */
export function describeWithSharedData(
  title: string,
  names: readonly string[],
  body: (folders: readonly string[]) => void,
): void {
  const folders = names.map(sharedSeries);
  const missing = names.filter((_, index) => folders[index] === undefined);
  if (missing.length === 0) {
    describe(title, () => body(folders as string[]));
    return;
  }
  console.warn(
    `SKIPPED: "${title}" needs the shared test data ${missing.join(', ')}, which are not next to this repository.`,
  );
  describe.skip(title, () => {
    it(`needs ${missing.join(', ')}`, () => {});
  });
}
