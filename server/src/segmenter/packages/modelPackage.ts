import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PromptsegError } from '../../platform/errors.js';
import { type Vocabulary, vocabularySchema } from '../../values/vocabulary.js';
import { corrupt } from '../corruptPackage.js';
import type { PackageProblem } from '../families/packageProblem.js';
import { withSideShades } from '../sideShades.js';
import { checkFolder, readJson } from './checkedFolder.js';
import { type FieldOfViewPackage, fieldOfViewManifestFile, loadFieldOfViewPackage } from './fieldOfViewPackage.js';
import {
  type AnyManifest,
  anyManifestSchema,
  isPromptable,
  type ModelManifest,
  type PromptableManifest,
} from './modelManifest.js';
import { loadNormsPackage, type NormsPackage, normsManifestFile } from './normsPackage.js';
import { packageProblems, promptableProblems } from './packageProblems.js';
import type { ModelKeys } from './packageSignature.js';

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
  /** Absent: none. */
  readonly norms?: readonly NormsPackage[];
  /** The network that says what images show; of several the first by folder name. Absent: none. */
  readonly fieldOfView?: FieldOfViewPackage;
  readonly refused: readonly { readonly folder: string; readonly error: PromptsegError }[];
}

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
  const { files, ...content } = await checkFolder(folder, keys, requiredFiles);
  const manifest = await readJson(content.folder, 'model.json', anyManifestSchema);
  const refuse = ([problem]: readonly PackageProblem[]) => {
    if (problem !== undefined) throw corrupt(problem.file, problem.message);
  };
  if (isPromptable(manifest)) {
    refuse(promptableProblems(manifest, files));
    return { ...content, manifest };
  }
  const vocabulary = await readJson(content.folder, 'vocabulary.json', vocabularySchema);
  refuse(packageProblems(manifest, vocabulary, files));
  return { ...content, manifest, vocabulary: withSideShades(vocabulary) };
}

/**
 * Loads every subfolder that contains a model.json, a norms.json or a field-of-view.json. A refused package does not
 * prevent the others from loading; of two with the same id the first by folder name is kept.
 *
 * @throws PromptsegError `model-not-found` if there is no such folder
 */
export async function loadModelPackages(folder: string, keys: ModelKeys = []): Promise<ModelLibrary> {
  const loaded: AnyPackage[] = [];
  const norms: NormsPackage[] = [];
  let fieldOfView: FieldOfViewPackage | undefined;
  const refused: ModelLibrary['refused'][number][] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new PromptsegError('model-not-found', 'The folder with the model packages cannot be read.', { cause });
  });
  const names = entries.filter((entry) => !entry.isFile()).map((entry) => entry.name);
  for (const name of names.sort()) {
    const path = join(folder, name);
    try {
      if (await isFile(join(path, 'model.json'))) add(loaded, await loadAnyPackage(path, keys), 'model.json');
      else if (await isFile(join(path, normsManifestFile)))
        add(norms, await loadNormsPackage(path, keys), normsManifestFile);
      else if (await isFile(join(path, fieldOfViewManifestFile)))
        fieldOfView ??= await loadFieldOfViewPackage(path, keys);
    } catch (error) {
      refused.push({ folder: path, error: asPromptsegError(error) });
    }
  }
  return {
    packages: loaded.filter((each) => each.vocabulary !== undefined),
    promptable: loaded.filter((each) => each.vocabulary === undefined),
    norms,
    ...(fieldOfView !== undefined && { fieldOfView }),
    refused,
  };
}

function add<Each extends { readonly manifest: { readonly id: string } }>(to: Each[], next: Each, file: string): void {
  if (to.some(({ manifest }) => manifest.id === next.manifest.id))
    throw corrupt(file, `has the id "${next.manifest.id}" of another package`);
  to.push(next);
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() ?? false;

function asPromptsegError(error: unknown): PromptsegError {
  if (error instanceof PromptsegError) return error;
  return new PromptsegError('model-package-corrupt', 'The model package cannot be read.', { cause: error });
}
