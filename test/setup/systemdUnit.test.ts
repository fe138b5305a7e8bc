import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const repository = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');
const [, unit = ''] = /```ini\n([\s\S]*?\n)```/.exec(read('docs/administer/operations.md')) ?? [];

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasSystemd) console.warn('SKIPPED: "systemd-analyze verify" of the unit in the documentation, it is not here.');

describe('the unit for systemd in docs/administer/operations.md', () => {
  it('sets only what the server reads, and keeps records private', () => {
    const names = unit.match(/\bPROMPTSEG_[A-Z_]+(?==)/g) ?? [];
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(read('server/src/platform/config.ts')).toContain(`${name}:`);
    expect(unit).toContain('StateDirectoryMode=0700');
  });

  (hasSystemd ? it : it.skip)('is what systemd understands', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-unit-'));
    const file = path.join(folder, 'promptseg.service');
    // The program must be there to be verified.
    writeFileSync(file, unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
    try {
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
      expect([status, stderr.split('\n').filter((line) => line.includes('promptseg.service'))]).toEqual([0, []]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('starts a command that the command line has', () => {
    const help = execFileSync(process.execPath, [path.join(repository, 'server/bin/promptseg.mjs'), '--help'], {
      encoding: 'utf8',
    });
    const [, command] = /^ExecStart=\S+\/promptseg (\w+)$/m.exec(unit)!;
    expect(help).toMatch(new RegExp(`^ +${command} `, 'm'));
  });
});
