import { createHash } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, homedir } from 'node:os';
import path from 'node:path';
import type { ExecutionProvider } from '#contract/executionProvider.js';
import { softwareVersion } from '../../platform/softwareVersion.js';

const { version: runtimeVersion } = createRequire(import.meta.url)('onnxruntime-node/package.json') as {
  version: string;
};

/**
 * Records which model packages passed their self-test on this machine: an empty file each, in the user's cache. A
 * self-test takes as long as a small series, 7 s of processor time for `head`, and its outcome is always the same for
 * the same package, program, ONNX Runtime, execution provider and processor. If the cache cannot be written, packages
 * are tested each time they are opened.
 *
 * @param packageSum SHA-256 of the package
 * @param gpu PROMPTSEG_GPU: each GPU of a machine has verdicts of its own
 */
export function passedSelfTest(packageSum: string, provider: ExecutionProvider, gpu?: number) {
  const where = [provider, process.arch, cpus()[0]?.model, ...(gpu === undefined ? [] : [gpu])];
  const of = [packageSum, softwareVersion, runtimeVersion, ...where];
  const name = createHash('sha256').update(JSON.stringify(of)).digest('hex');
  const file = path.join(cacheFolder(), 'self-tests', name);
  return {
    isKnown: () =>
      access(file).then(
        () => true,
        () => false,
      ),
    async remember(): Promise<void> {
      try {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        await writeFile(file, '', { mode: 0o600 });
      } catch {
        // A read-only file system, or no home folder.
      }
    },
  };
}

/** XDG Base Directory Specification; on macOS and Windows the systems' own cache folders. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === 'darwin') return path.join(homedir(), 'Library/Caches/promptseg');
  if (process.platform === 'win32') return path.join(LOCALAPPDATA ?? homedir(), 'promptseg/Cache');
  return path.join(XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'promptseg');
}
