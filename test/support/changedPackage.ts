import { createHash } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * A copy of a model package with one file changed and its checksum made right.
 *
 * @param folder that does not exist yet
 * @param file path in the package
 */
export async function changedPackage(
  original: string,
  folder: string,
  file: string,
  change: (bytes: Buffer) => Buffer,
): Promise<void> {
  await cp(original, folder, { recursive: true });
  const before = await readFile(path.join(folder, file));
  const after = change(before);
  await writeFile(path.join(folder, file), after);
  const sum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const sums = await readFile(path.join(folder, 'SHA256SUMS'), 'utf8');
  await writeFile(path.join(folder, 'SHA256SUMS'), sums.replace(sum(before), sum(after)));
}
