import { createHash } from 'node:crypto';

/**
 * Always the same UID for the same name: 2.25 and the first 128 bits of the name's SHA-256 as a decimal number (PS3.5
 * annex B.2, with a hash instead of the UUID, so generated files are the same on every run).
 */
export function uidFromName(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return `2.25.${BigInt(`0x${hash}`)}`;
}
