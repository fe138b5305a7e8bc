import { execFile } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** What run.mjs says of a run. Without the shared data, so that the same mutations are made everywhere. */
function fuzz(...args: string[]): Promise<{ mutations: number; outcomes: Record<string, number>; defects: unknown[] }> {
  return new Promise((resolve, reject) => {
    const script = path.join(import.meta.dirname, 'run.mjs');
    execFile(process.execPath, [script, '--json', ...args], { maxBuffer: 2 ** 26 }, (error, stdout) => {
      // An exit code of 1 says that there are defects; the report names them.
      if (stdout === '') reject(error);
      else resolve(JSON.parse(stdout));
    });
  });
}

describe('fuzzing', () => {
  it('1000 damaged instances: read or refused with a code, none hangs, each within 512 MiB', async () => {
    const { mutations, outcomes, defects } = await fuzz('--count', '1000', '--seed', '20260101');
    expect(defects).toEqual([]);
    expect(mutations).toBe(1000);
    // Damage that nothing survives, or nothing notices, would test little.
    expect(outcomes.read).toBeGreaterThan(700);
    expect(outcomes['instance-unreadable']).toBeGreaterThan(700);
  });

  it('1000 damaged multipart messages: read or refused as broken', async () => {
    const { outcomes, defects } = await fuzz('--kind', 'multipart', '--count', '1000', '--seed', '20260101');
    expect(defects).toEqual([]);
    expect(Object.keys(outcomes).sort()).toEqual(['archive-broken-answer', 'read']);
    expect(outcomes.read! + outcomes['archive-broken-answer']!).toBe(1000);
  });
});
