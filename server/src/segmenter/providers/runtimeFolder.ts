import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const packageFolder = (): string =>
  path.resolve(path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..');

/** The folder of ONNX Runtime's own library, the only one in which it looks for those of its execution providers. */
export const runtimeFolder = (): string => path.join(packageFolder(), 'bin/napi-v6', process.platform, process.arch);

/** The version of the installed onnxruntime-node, "1.30.0". */
export function runtimeVersion(): string {
  const { version } = JSON.parse(readFileSync(path.join(packageFolder(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

/** ONNX Runtime's name of the library of its CUDA provider on this platform. */
export const cudaProviderLibrary =
  process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';
