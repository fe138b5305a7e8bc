import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionProvider } from '#contract/executionProvider.js';
import { childEnvironment } from '../../platform/childEnvironment.js';
import { plainReason } from './plainReason.js';

/** The output of the probing process. */
export type ProbeReport = { readonly works: true } | { readonly works: false; readonly reason: string };

/** SwiftShader, the slowest Vulkan driver, takes 2 s on a busy machine; a driver that hangs never ends. */
const patienceMs = 60_000;

/**
 * Starts an execution provider in a separate process and runs a small computation on it.
 *
 * @param gpu the number of one of several GPUs
 * @param environment further variables for that process, for example the Vulkan drivers that it may use
 * @returns why it does not work, as text after a colon; undefined if it works
 */
export async function probeProvider(
  provider: ExecutionProvider,
  gpu: number | undefined,
  environment: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const main = path.join(import.meta.dirname, 'probeMain.js');
  const number = gpu === undefined ? [] : [String(gpu)];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [main, provider, ...number], {
      env: childEnvironment(environment),
      timeout: patienceMs,
      killSignal: 'SIGKILL',
    });
    const report = JSON.parse(stdout) as ProbeReport;
    return report.works ? undefined : plainReason(report.reason);
  } catch (error) {
    const { killed, signal, code } = error as { killed?: boolean; signal?: string | null; code?: unknown };
    if (killed) return `it did not respond within ${patienceMs / 1000} s`;
    return `the process that tried it ended with ${signal ?? `code ${code}`}`;
  }
}
