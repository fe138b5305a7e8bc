import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { PromptsegError } from '../../platform/errors.js';
import { type Vocabulary, vocabularySchema } from '../../values/vocabulary.js';
import { corrupt } from '../corruptPackage.js';
import type { PackageProblem } from '../families/packageProblem.js';
import { withSideShades } from '../sideShades.js';
import {
  type AnyManifest,
  anyManifestSchema,
  isPromptable,
  type ModelManifest,
  type PromptableManifest,
} from './modelManifest.js';
import { packageProblems, promptableProblems } from './packageProblems.js';
import { type ModelKeys, requireSignature, signatureFile } from './packageSignature.js';

/** A model package whose checksums were verified. */
interface CheckedPackage<Manifest extends AnyManifest> {
  /** Absolute path. */
  readonly folder: string;
  /** SHA-256 of SHA256SUMS, hex: identifies the package's exact content. */
  readonly sha256: string;
  readonly manifest: Manifest;
}

/** A model with a vocabulary. */
export interface ModelPackage extends CheckedPackage<ModelManifest> {
  /** With different shades for left and right. */
  readonly vocabulary: Vocabulary;
}

/** A model that is prompted on the image and knows no names. */
export interface PromptablePackage extends CheckedPackage<PromptableManifest> {
  readonly vocabulary?: undefined;
}

export type AnyPackage = ModelPackage | PromptablePackage;

/** The packages of a folder, and those that were refused, with the reason. */
export interface ModelLibrary {
  readonly packages: readonly ModelPackage[];
  readonly promptable: readonly PromptablePackage[];
  readonly refused: readonly { readonly folder: string; readonly error: PromptsegError }[];
}

const maximumFiles = 1000;
/** Maximum size of files that are read into memory: model.json, vocabulary.json, SHA256SUMS. */
const maximumTextBytes = 16 * 2 ** 20;
const requiredFiles = ['model.json', 'LICENSE', 'CARD.md', 'golden/golden.json'];

/**
 * Reads a package of a model with a vocabulary.
 * @throws PromptsegError as {@link loadAnyPackage}, also for a model that knows no names
 */
export async function loadModelPackage(folder: string, keys: ModelKeys = []): Promise<ModelPackage> {
  const loaded = await loadAnyPackage(folder, keys);
  if (loaded.vocabulary !== undefined) return loaded;
  throw corrupt('model.json', 'belongs to a model that knows no names');
}

/**
 * Reads a model package and compares every file in its folder with SHA256SUMS.
 *
 * @param keys if not empty, one of them must have signed SHA256SUMS
 * @throws PromptsegError `model-package-unsigned`; `model-package-corrupt`, naming the file: missing, extra, changed,
 * too large, not a plain file, or with content that does not match its schema or the other files
 */
export async function loadAnyPackage(folder: string, keys: ModelKeys = []): Promise<AnyPackage> {
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
  const manifest = await readJson(root, 'model.json', anyManifestSchema);
  const content = { folder: root, sha256: createHash('sha256').update(sums).digest('hex') };
  const refuse = ([problem]: readonly PackageProblem[]) => {
    if (problem !== undefined) throw corrupt(problem.file, problem.message);
  };
  if (isPromptable(manifest)) {
    refuse(promptableProblems(manifest, files));
    return { ...content, manifest };
  }
  const vocabulary = await readJson(root, 'vocabulary.json', vocabularySchema);
  refuse(packageProblems(manifest, vocabulary, files));
  return { ...content, manifest, vocabulary: withSideShades(vocabulary) };
}

/**
 * Loads every subfolder that contains a model.json. A refused package does not prevent the others from loading; of two
 * with the same id the first by folder name is kept.
 *
 * @throws PromptsegError `model-not-found` if there is no such folder
 */
export async function loadModelPackages(folder: string, keys: ModelKeys = []): Promise<ModelLibrary> {
  const loaded: AnyPackage[] = [];
  const refused: ModelLibrary['refused'][number][] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new PromptsegError('model-not-found', 'The folder with the model packages cannot be read.', { cause });
  });
  const names = entries.filter((entry) => !entry.isFile()).map((entry) => entry.name);
  for (const name of names.sort()) {
    const path = join(folder, name);
    if (!(await stat(join(path, 'model.json')).catch(() => undefined))?.isFile()) continue;
    try {
      const next = await loadAnyPackage(path, keys);
      if (loaded.some(({ manifest }) => manifest.id === next.manifest.id))
        throw corrupt('model.json', `has the id "${next.manifest.id}" of another package`);
      loaded.push(next);
    } catch (error) {
      refused.push({ folder: path, error: asPromptsegError(error) });
    }
  }
  return {
    packages: loaded.filter((each) => each.vocabulary !== undefined),
    promptable: loaded.filter((each) => each.vocabulary === undefined),
    refused,
  };
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
