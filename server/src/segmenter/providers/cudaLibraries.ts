import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { cudaProviderLibrary, runtimeFolder } from './runtimeFolder.js';

/** What `promptseg gpu install` put next to ONNX Runtime's library. */
export const cudaRecordName = 'promptseg-cuda.json';
export const cudaRecordSchema = z.object({
  wheels: z.array(z.object({ distribution: z.string(), sha256: z.string() })),
  libraries: z.array(z.object({ name: z.string(), bytes: z.number() })),
});
export type CudaRecord = z.infer<typeof cudaRecordSchema>;

/** Keeps a library when Node.js closes it, which it does with everything that is no module of Node.js. */
const RTLD_NODELETE = 0x1000;

/**
 * Loads the installed libraries of CUDA and cuDNN into this process, to be called before the CUDA provider starts. The
 * provider asks for them by name, and the loader looks only in the system's folders; what is loaded already is found.
 * `LD_LIBRARY_PATH` does the same, but only if it is set before a process starts.
 *
 * What cannot be loaded is left out: the provider then says what it lacks.
 */
export function loadCudaLibraries(folder = runtimeFolder()): void {
  let waiting = installed(folder).filter((name) => !name.startsWith('libonnxruntime'));
  // One may need another that comes later in the list.
  for (let before = Number.POSITIVE_INFINITY; waiting.length < before; ) {
    before = waiting.length;
    waiting = waiting.filter((name) => load(path.join(folder, name)) !== undefined);
  }
}

/** What the loader says of the CUDA provider's library; undefined if it can be loaded. */
export function whyCudaIsNotLoaded(folder = runtimeFolder()): string | undefined {
  load(path.join(folder, 'libonnxruntime_providers_shared.so'));
  return load(path.join(folder, cudaProviderLibrary));
}

function load(file: string): string | undefined {
  const { RTLD_LAZY, RTLD_GLOBAL } = constants.dlopen as Required<typeof constants.dlopen>;
  try {
    process.dlopen({ exports: {} }, file, RTLD_LAZY | RTLD_GLOBAL | RTLD_NODELETE);
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return /did not self-register/.test(message) ? undefined : message;
  }
}

function installed(folder: string): string[] {
  const file = path.join(folder, cudaRecordName);
  if (process.platform !== 'linux' || !existsSync(file)) return [];
  const record = cudaRecordSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return record.success ? record.data.libraries.map(({ name }) => name) : [];
}
