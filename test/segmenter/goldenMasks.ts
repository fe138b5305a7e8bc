import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

/** The output of `segmentGolden.mjs`: masks in base64 by target, or an error. */
export interface Segmented {
  readonly ran?: string;
  readonly notes?: readonly string[];
  readonly sessionRunMs?: number;
  readonly masks?: Readonly<Record<string, string | null>>;
  readonly code?: string;
  readonly message?: string;
  readonly stderr: string;
}

/**
 * Segments the golden volume of a model package in a separate Node process, with the compiled server: ONNX Runtime
 * refuses the typed arrays of Jest's realm.
 *
 * @param targets default: all that the package has golden masks of
 */
export async function segmentGolden(
  folder: string,
  provider: string,
  environment: Readonly<Record<string, string>> = {},
  targets: readonly string[] = [],
): Promise<Segmented> {
  const script = path.join(import.meta.dirname, 'segmentGolden.mjs');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, folder, provider, ...targets], {
    env: { ...process.env, ...environment },
    maxBuffer: 1e8,
  });
  return { ...JSON.parse(stdout), stderr };
}
