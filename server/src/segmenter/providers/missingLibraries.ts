import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/**
 * The shared libraries that the system's loader does not find: neither in its cache nor in LD_LIBRARY_PATH.
 *
 * @param names "libcudnn.so.9"
 */
export async function missingLibraries(
  names: readonly string[],
  list: () => Promise<string> = listOfLoader,
): Promise<string[]> {
  const found = librariesIn(await list());
  const folders = (process.env.LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== '');
  return names.filter((name) => {
    const places = [found.get(name), ...folders.map((folder) => path.join(folder, name))];
    return !places.some((place) => place !== undefined && existsSync(place));
  });
}

/**
 * @param list of `ldconfig -p`: "libcudnn.so.9 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libcudnn.so.9"
 * @returns paths of the libraries for this processor
 */
function librariesIn(list: string): Map<string, string> {
  const lines = list.matchAll(/^\s*(\S+) \(libc6,x86-64[^)]*\) => (\S+)\s*$/gm);
  return new Map(Array.from(lines, ([, name, place]) => [name!, place!]));
}

/** Empty where there is no `ldconfig`. Administrators' programs are not on everybody's path. */
async function listOfLoader(): Promise<string> {
  for (const program of ['ldconfig', '/sbin/ldconfig'])
    try {
      return (await promisify(execFile)(program, ['-p'], { maxBuffer: 2 ** 24 })).stdout;
    } catch {
      // The next one may be there.
    }
  return '';
}
