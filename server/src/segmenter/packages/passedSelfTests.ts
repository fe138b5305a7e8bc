import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, homedir } from 'node:os';
import path from 'node:path';
import type { ExecutionProvider } from '#contract/executionProvider.js';
import { softwareVersion } from '../../platform/softwareVersion.js';

const { version: runtimeVersion } = createRequire(import.meta.url)('onnxruntime-node/package.json') as {
  version: string;
};

/**
 * What a self-test that passed found: which graphs of the package run on this machine. `float`: the package has no
 * int8 graph for it. `int8`: that one is faster. Otherwise the float graphs run, and why.
 */
const verdicts = ['float', 'int8', 'int8-not-faster', 'int8-unfit'] as const;
export type Verdict = (typeof verdicts)[number];

/** Remembers the verdict on a model package on this machine. */
export interface PassedSelfTest {
  verdict(): Promise<Verdict | undefined>;
  remember(verdict: Verdict): Promise<void>;
}

/**
 * Keeps the verdict on a model package in a file of the user's cache. A self-test takes as long as a small series, 7 s
 * of processor time for `head`, and its outcome is always the same for the same package, program, ONNX Runtime,
 * execution provider and processor. If the cache cannot be written, packages are tested each time they are opened.
 *
 * @param packageSum SHA-256 of the package
 * @param gpu PROMPTSEG_GPU: each GPU of a machine has verdicts of its own
 */
export function passedSelfTest(packageSum: string, provider: ExecutionProvider, gpu?: number): PassedSelfTest {
  const where = [provider, process.arch, cpus()[0]?.model, ...(gpu === undefined ? [] : [gpu])];
  const of = [packageSum, softwareVersion, runtimeVersion, verdicts, ...where];
  const name = createHash('sha256').update(JSON.stringify(of)).digest('hex');
  const file = path.join(cacheFolder(), 'self-tests', name);
  return {
    verdict: () =>
      readFile(file, 'utf8').then(
        (text) => verdicts.find((verdict) => verdict === text),
        () => undefined,
      ),
    async remember(verdict) {
      try {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        await writeFile(file, verdict, { mode: 0o600 });
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
