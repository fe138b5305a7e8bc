import { closeSync, openSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { Unzip, type UnzipFile, UnzipInflate, UnzipPassThrough } from 'fflate';

/** "nvidia/cudnn/lib/libcudnn.so.9" */
const library = /(?:^|\/)(lib[\w.+-]+\.so(?:\.\d+)*)$/;

const blockBytes = 2 ** 20;

/**
 * Unpacks the shared libraries of a wheel, whatever their folder.
 *
 * @param wheel path of a file whose checksum was compared
 * @param wanted whether to unpack the library of this name
 * @returns their names
 * @throws Error if it is no ZIP archive; errors of the file system, for example ENOSPC
 */
export async function unpackLibraries(
  wheel: string,
  folder: string,
  wanted: (name: string) => boolean = () => true,
): Promise<string[]> {
  const names: string[] = [];
  const unzip = new Unzip((file) => {
    const name = library.exec(file.name)?.[1];
    if (name === undefined || !wanted(name)) return discard(file);
    names.push(name);
    writeTo(path.join(folder, name), file);
  });
  unzip.register(UnzipInflate);
  unzip.register(UnzipPassThrough);
  const source = await open(wheel);
  try {
    // `readableWebStream` and streams of Node would read ahead while fflate blocks this process.
    const block = Buffer.alloc(blockBytes);
    for (;;) {
      const { bytesRead } = await source.read(block, 0, blockBytes);
      // fflate keeps what it is given until the next call.
      unzip.push(new Uint8Array(block.subarray(0, bytesRead)), bytesRead === 0);
      if (bytesRead === 0) return names;
    }
  } finally {
    await source.close();
  }
}

/** Other files are read too: fflate keeps what it does not decompress in memory. */
function discard(file: UnzipFile): void {
  file.ondata = (error) => {
    if (error) throw error;
  };
  file.start();
}

function writeTo(target: string, file: UnzipFile): void {
  const descriptor = openSync(target, 'w', 0o755);
  file.ondata = (error, data, final) => {
    try {
      if (error) throw error;
      for (let written = 0; written < data.length; ) written += writeSync(descriptor, data, written);
    } catch (failure) {
      closeSync(descriptor);
      throw failure;
    }
    if (final) closeSync(descriptor);
  };
  file.start();
}
