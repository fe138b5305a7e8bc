import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { PromptsegError } from '../errors.js';
import { type ModelManifest, modelManifestSchema } from './modelManifest.js';
import { packageProblems } from './packageProblems.js';
import { type Vocabulary, vocabularySchema } from './vocabulary.js';

/** A model package whose every file was compared with its checksum. */
export interface ModelPackage {
  /** Absolute path. */
  readonly folder: string;
  /** SHA-256 of SHA256SUMS, hex: names the package's exact content. */
  readonly sha256: string;
  readonly manifest: ModelManifest;
  readonly vocabulary: Vocabulary;
}

/** The packages of a folder, and those that were refused with the reason. */
export interface ModelLibrary {
  readonly packages: readonly ModelPackage[];
  readonly refused: readonly { readonly folder: string; readonly error: PromptsegError }[];
}

const maximumFiles = 1000;
/** Of the files that are read whole into memory: model.json, vocabulary.json, SHA256SUMS. */
const maximumTextBytes = 16 * 2 ** 20;
const requiredFiles = ['model.json', 'vocabulary.json', 'LICENSE', 'CARD.md', 'golden/golden.json'];

/**
 * Reads a model package and compares every file in its folder with SHA256SUMS.
 *
 * @throws PromptsegError `model-package-corrupt`, naming the file: missing, extra, changed, too large, not a plain
 * file, or with content that the schemas or the cross references refuse
 */
export async function loadModelPackage(folder: string): Promise<ModelPackage> {
  const root = resolve(folder);
  const sums = await readText(root, 'SHA256SUMS');
  const expected = parseChecksums(sums);
  const files = await listFiles(root);
  for (const file of [...expected.keys(), ...requiredFiles])
    if (!files.has(file)) throw corrupt(file, 'is missing from the model package');
  for (const file of files.keys()) {
    if (file === 'SHA256SUMS') continue;
    const sum = expected.get(file);
    if (sum === undefined) throw corrupt(file, 'is not listed in SHA256SUMS');
    if ((await sha256OfFile(join(root, file))) !== sum) throw corrupt(file, 'was changed: its checksum is wrong');
  }
  const manifest = await readJson(root, 'model.json', modelManifestSchema);
  const vocabulary = await readJson(root, 'vocabulary.json', vocabularySchema);
  const [problem] = packageProblems(manifest, vocabulary, files);
  if (problem !== undefined) throw corrupt(problem.file, problem.message);
  return { folder: root, sha256: createHash('sha256').update(sums).digest('hex'), manifest, vocabulary };
}

/**
 * Loads every subfolder that holds a model.json. A package that is refused does not keep the others from being loaded;
 * of two with the same id the first by folder name is kept.
 *
 * @throws PromptsegError `model-not-found` if there is no such folder
 */
export async function loadModelPackages(folder: string): Promise<ModelLibrary> {
  const packages: ModelPackage[] = [];
  const refused: ModelLibrary['refused'][number][] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new PromptsegError('model-not-found', 'The folder with the model packages cannot be read.', { cause });
  });
  const names = entries.filter((entry) => !entry.isFile()).map((entry) => entry.name);
  for (const name of names.sort()) {
    const path = join(folder, name);
    if (!(await stat(join(path, 'model.json')).catch(() => undefined))?.isFile()) continue;
    try {
      const loaded = await loadModelPackage(path);
      if (packages.some(({ manifest }) => manifest.id === loaded.manifest.id))
        throw corrupt('model.json', `has the id "${loaded.manifest.id}" of another package`);
      packages.push(loaded);
    } catch (error) {
      refused.push({ folder: path, error: asPromptsegError(error) });
    }
  }
  return { packages, refused };
}

/** `model-package-corrupt` for one file of a package. */
export function corrupt(file: string, what: string, cause?: unknown): PromptsegError {
  return new PromptsegError('model-package-corrupt', `${file} ${what}.`, { details: { file }, cause });
}

function asPromptsegError(error: unknown): PromptsegError {
  if (error instanceof PromptsegError) return error;
  return new PromptsegError('model-package-corrupt', 'The model package cannot be read.', { cause: error });
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

async function readJson<T extends z.ZodType>(root: string, file: string, schema: T): Promise<z.infer<T>> {
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
