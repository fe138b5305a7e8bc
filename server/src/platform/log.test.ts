import fs from 'node:fs';
import { expect, it, jest } from '@jest/globals';

it('a line of the log holds nothing that a terminal obeys, and a parser reads what was there', async () => {
  const lines: string[] = [];
  const { writeSync } = fs;
  jest.spyOn(fs, 'writeSync').mockImplementation((...args: unknown[]) => {
    if (args[0] !== 2) return (writeSync as (...same: unknown[]) => number)(...args);
    lines.push(String(args[1]));
    return Buffer.byteLength(String(args[1]));
  });
  const { log } = await import('./log.js');
  const name = 'kidney\u202Eyendik\u2066\u001b[2J\u2028';
  log.warn({ name }, `refused: ${name}`);
  jest.restoreAllMocks();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[ -~]+\n$/);
  expect(JSON.parse(lines[0]!)).toMatchObject({ name, msg: `refused: ${name}` });
});
