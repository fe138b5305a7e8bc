/** Packages of norms with invented figures, for tests: nobody was measured. */

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NormsManifest, NormsRow } from './normsPackage.js';

export const inventedManifest: NormsManifest = {
  schema: 'promptseg-norms/1',
  id: 'invented',
  title: 'Invented figures for tests',
  version: '1.0.0',
  source: 'No publication: invented for tests',
  licence: { spdx: 'Apache-2.0' },
  population: 'Nobody',
  method: 'Not measured',
  modalities: ['CT', 'MR'],
};

/** Writes a package whose checksums are right, and returns its folder. */
export async function writeNorms(
  parent: string,
  rows: readonly NormsRow[],
  changes: Partial<Record<keyof NormsManifest, unknown>> = {},
): Promise<string> {
  const manifest = { ...inventedManifest, ...changes };
  const folder = join(parent, String(manifest.id));
  await mkdir(folder, { recursive: true });
  const files = {
    'norms.json': JSON.stringify(manifest),
    'table.json': JSON.stringify({ rows }),
    LICENSE: 'Invented figures.\n',
  };
  const sums = Object.entries(files).map(
    ([name, text]) => `${createHash('sha256').update(text).digest('hex')}  ${name}\n`,
  );
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'SHA256SUMS'), sums.join(''));
  return folder;
}
