import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Instances one by one, as an archive yields them. */
export async function* streamOf(instances: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* instances;
}

/** The DICOM instances of a folder, without licences and directories (DICOMDIR), read when asked for. */
export function* filesOf(folder: string): Generator<Uint8Array> {
  for (const file of readdirSync(folder).sort()) {
    const content = new Uint8Array(readFileSync(path.join(folder, file)));
    const isPart10 = Buffer.from(content.subarray(128, 132)).toString() === 'DICM';
    const isDirectory = Buffer.from(content.subarray(132, 400)).includes('1.2.840.10008.1.3.10');
    if (isPart10 && !isDirectory) yield content;
  }
}

/** The same items in a repeatable order that is neither sorted nor reversed. */
export function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item, index) => ({ item, key: Math.imul(index + 1, 0x9e3779b1) >>> 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
