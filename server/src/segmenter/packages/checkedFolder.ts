import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { corrupt } from '../corruptPackage.js';
import { type ModelKeys, requireSignature, signatureFile } from './packageSignature.js';

/** The folder of a package in which every file was compared with SHA256SUMS. */
export interface CheckedFolder {
  /** Absolute path. */
  readonly folder: string;
  /** SHA-256 of SHA256SUMS, hex: identifies the package's exact content. */
  readonly sha256: string;
  /** All files by path inside the folder, with their size in bytes. */
  readonly files: ReadonlyMap<string, number>;
}

const maximumFiles = 1000;
/** Maximum size of files that are read into memory: JSON, SHA256SUMS. */
const maximumTextBytes = 16 * 2 ** 20;

/**
 * Compares every file of a package with SHA256SUMS.
 *
 * @param keys if not empty, one of them must have signed SHA256SUMS
 * @param requiredFiles that every package of the kind has
 * @throws PromptsegError `model-package-unsigned`; `model-package-corrupt`, naming the file: missing, extra, changed,
 * too large or not a plain file
 */
export async function checkFolder(
  folder: string,
  keys: ModelKeys,
  requiredFiles: readonly string[],
): Promise<CheckedFolder> {
  const root = resolve(folder);
  const sums = await readText(root, 'SHA256SUMS');
  if (keys.length > 0) await requireSignature(root, sums, keys);
  const expected = parseChecksums(sums);
  const files = await listFiles(root);
  for (const file of [...expected.keys(), ...requiredFiles])
    if (!files.has(file)) throw corrupt(file, 'is missing from the model package');
  for (const file of files.keys()) {
    if (file === 'SHA256SUMS' || file === signatureFile) continue;
    const sum = expected.get(file);
    if (sum === undefined) throw corrupt(file, 'is not listed in SHA256SUMS');
    if ((await sha256OfFile(join(root, file))) !== sum) throw corrupt(file, 'was changed: its checksum is wrong');
  }
  return { folder: root, sha256: createHash('sha256').update(sums).digest('hex'), files };
}

/** Reads a JSON file of a package. @throws PromptsegError `model-package-corrupt` if it does not follow its schema */
export async function readJson<T extends z.ZodType>(root: string, file: string, schema: T): Promise<z.infer<T>> {
  const text = (await readText(root, file)).toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw corrupt(file, 'is not JSON', cause);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${z.core.toDotPath(issue.path)}`;
  throw corrupt(file, `does not follow its schema${where}: ${issue?.message ?? 'unknown problem'}`, parsed.error);
}

/** Lines "<64 hex digits>  <path>", as sha256sum writes them. */
function parseChecksums(text: Buffer): Map<string, string> {
  const sums = new Map<string, string>();
  for (const line of text.toString('utf8').split('\n')) {
    if (line === '') continue;
    const [, sum, path] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (sum === undefined || path === undefined) throw corrupt('SHA256SUMS', 'has a line that is not a checksum');
    if (sums.has(path)) throw corrupt('SHA256SUMS', `lists ${path} twice`);
    if (path.startsWith('/') || path.includes('\\') || path.split('/').some((part) => /^\.{0,2}$/.test(part)))
      throw corrupt('SHA256SUMS', 'names a path outside the package');
    sums.set(path, sum);
  }
  return sums;
}

/** All files of the folder with their size in bytes. Links are refused: what they point to may change. */
async function listFiles(root: string): Promise<Map<string, number>> {
  const files = new Map<string, number>();
  for (const entry of await readdir(root, { recursive: true })) {
    const name = entry.split(sep).join('/');
    const status = await lstat(join(root, entry));
    if (status.isDirectory()) continue;
    if (!status.isFile()) throw corrupt(name, 'is not a plain file');
    files.set(name, status.size);
    if (files.size > maximumFiles) throw corrupt(name, `is one file too many: a package has at most ${maximumFiles}`);
  }
  return files;
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function readText(root: string, file: string): Promise<Buffer> {
  const path = join(root, file);
  const size = (await stat(path).catch(() => undefined))?.size;
  if (size === undefined) throw corrupt(file, 'is missing from the model package');
  if (size > maximumTextBytes) throw corrupt(file, `is larger than ${maximumTextBytes} bytes`);
  return readFile(path);
}
