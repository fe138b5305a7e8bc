import { chmod, mkdir, mkdtemp, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { PromptsegError } from '../../platform/errors.js';

/** The folder for the files of a result; it gets all of them or none. */
export interface OutputFolder {
  /** Holds the files until they are complete; on the same disk. */
  readonly staging: string;
  /** Moves the files to their place. */
  commit(): Promise<void>;
  /** Removes the files and the folders created for them. */
  discard(): Promise<void>;
}

/** Marks a complete result: written last, and removed first by `--force`. */
export const recordName = 'result.json';

/** Files of an earlier result, which `--force` replaces. */
const isOurs = (name: string): boolean =>
  /^segmentation(-\d+-[a-z0-9-]*)?\.nii\.gz$/.test(name) || namesOfResults.includes(name);

const namesOfResults: readonly string[] = [
  'segmentation.dcm',
  'measurement-report.dcm',
  'rt-structure-set.dcm',
  'secondary-capture.dcm',
  'report.dcm',
  'presentation-state.dcm',
  'measurements.csv',
  'picture.png',
  recordName,
];

/** The ending of a name meant for a file, not for a folder. */
const fileEnding = /\.(nii|gz|dcm|nrrd|csv|png|json|zip)$/i;

/**
 * Makes sure that a result can be written before it is computed.
 *
 * @param force replaces the files of an earlier result; others in the folder stay
 * @throws PromptsegError `output-unusable`: the folder is not empty, or cannot be written
 */
export async function openOutputFolder(folder: string, { force }: { readonly force: boolean }): Promise<OutputFolder> {
  if (fileEnding.test(folder))
    throw unusable(`--output names a folder, which gets several files; ${folder} looks like the name of a file.`);
  const target = path.resolve(folder);
  const before = await namesIn(target, folder);
  if (before !== undefined && before.length > 0 && !force) throw unusable(`${folder} exists already and is not empty.`);

  const parent = before === undefined ? path.dirname(target) : target;
  const written = (cause: NodeJS.ErrnoException): never => {
    throw unusable(`${folder} cannot be written (${cause.code}).`, cause);
  };
  const made = await mkdir(parent, { recursive: true }).catch(written);
  const staging = await mkdtemp(path.join(parent, `.${path.basename(target)}-unfinished-`)).catch(written);
  // `mkdtemp` creates it for its user only; a result should be as accessible as other new folders.
  await chmod(staging, 0o777 & ~process.umask());

  return {
    staging,
    async commit() {
      if (before === undefined) return rename(staging, target).catch(written);
      const names = await readdir(staging);
      const old = before.filter(isOurs).sort((a) => (a === recordName ? -1 : 0));
      for (const name of old) await rm(path.join(target, name)).catch(written);
      const inOrder = names.sort((_, b) => (b === recordName ? -1 : 0));
      for (const name of inOrder) await rename(path.join(staging, name), path.join(target, name)).catch(written);
      await rmdir(staging);
    },
    async discard() {
      await rm(staging, { recursive: true, force: true });
      for (let each = parent; made !== undefined && each.startsWith(made); each = path.dirname(each))
        if (!(await isRemoved(each))) break;
    },
  };
}

/** What is in the folder; undefined if it is not there. */
async function namesIn(target: string, folder: string): Promise<string[] | undefined> {
  try {
    if ((await stat(target)).isDirectory()) return await readdir(target);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw unusable(`${folder} cannot be read (${code}).`, cause);
  }
  throw unusable(`${folder} is a file, not a folder.`);
}

const isRemoved = (folder: string): Promise<boolean> =>
  rmdir(folder).then(
    () => true,
    () => false,
  );

const unusable = (message: string, cause?: unknown): PromptsegError =>
  new PromptsegError('output-unusable', message, { cause });
