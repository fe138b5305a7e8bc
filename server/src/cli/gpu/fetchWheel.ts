import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { childEnvironment } from '../../platform/childEnvironment.js';
import { PromptsegError } from '../../platform/errors.js';
import type { Wheel } from './wheel.js';

/** Program and first arguments of pip, which knows the mirror, the proxy and the certificates of this site. */
const systemPip = ['python3', '-m', 'pip'] as const;

/** Linux with x64; the wheels of the provider are for Python 3.12, of which nothing runs. */
const target = [
  '--only-binary=:all:',
  '--implementation=cp',
  '--python-version=3.12',
  ...['manylinux_2_28', 'manylinux_2_27', 'manylinux_2_17', 'manylinux2014', 'manylinux2010', 'manylinux1'].map(
    (name) => `--platform=${name}_x86_64`,
  ),
];

/**
 * Lets pip download a wheel into a folder, and compares its checksum; a complete one that is there already is kept.
 *
 * @param pip program and first arguments
 * @throws PromptsegError `gpu-download-failed` if there is no pip, or pip cannot download this very file
 */
export async function fetchWheel(
  { distribution, version, file, sha256 }: Wheel,
  folder: string,
  [program, ...first]: readonly [string, ...string[]] = systemPip,
): Promise<void> {
  const received = path.join(folder, file);
  if (existsSync(received) && (await hasChecksum(received, sha256))) return;
  const requirements = path.join(folder, 'requirements.txt');
  await writeFile(requirements, `${distribution}==${version} --hash=sha256:${sha256}\n`);
  const args = [...first, 'download', '--quiet', '--no-deps', '--require-hashes', `--dest=${folder}`, ...target];
  try {
    await promisify(execFile)(program, [...args, `--requirement=${requirements}`], { env: environmentOfPip() });
  } catch (error) {
    throw failed(file, error as NodeJS.ErrnoException & { readonly stderr?: string });
  }
  if (!existsSync(received) || !(await hasChecksum(received, sha256)))
    throw new PromptsegError('gpu-download-failed', `pip downloaded another file than ${file}.`);
}

/** Its own settings and the proxies, without this process's secrets. */
const environmentOfPip = (): NodeJS.ProcessEnv =>
  childEnvironment(
    Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) =>
        value !== undefined && /^PIP_|_proxy$/i.test(name) ? [[name, value]] : [],
      ),
    ),
  );

/** Whether a file has a checksum, SHA-256 in hexadecimal. */
export async function hasChecksum(file: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex') === sha256;
}

function failed(file: string, error: NodeJS.ErrnoException & { readonly stderr?: string }): PromptsegError {
  if (error.code === 'ENOENT')
    return new PromptsegError(
      'gpu-download-failed',
      `${file} could not be downloaded, because python3 is not installed.`,
    );
  const said = /^ERROR: (.*)$/m.exec(error.stderr ?? '')?.[1] ?? error.stderr?.trim().split('\n').at(-1) ?? '';
  return new PromptsegError('gpu-download-failed', `pip could not download ${file}: ${said.replace(/\.?$/, '.')}`, {
    cause: error,
  });
}
