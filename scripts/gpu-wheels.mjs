/**
 * Writes server/src/cli/gpu/cudaWheels.ts, the files of `promptseg gpu install`, for the version of onnxruntime-node in
 * server/package.json: node scripts/gpu-wheels.mjs FOLDER
 *
 * pip chooses the versions by what the wheel of onnxruntime-gpu asks for (its extras `cuda` and `cudnn`), and downloads
 * them into FOLDER, about 2 GB, to measure them. Needs PROMPTSEG_PYTHON or python3 with pip 23 or newer. Run it after
 * every update of onnxruntime-node; server/src/cli/gpu/cudaWheels.test.ts compares the versions.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { repository } from './setup/paths.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node scripts/gpu-wheels.mjs FOLDER');
const python = process.env.PROMPTSEG_PYTHON ?? 'python3';
const { dependencies } = JSON.parse(await readFile(path.join(repository, 'server/package.json'), 'utf8'));
const version = dependencies['onnxruntime-node'];

/** What the provider needs, and what cuDNN and cuFFT load when they run. */
const distributions = [
  'onnxruntime-gpu',
  'nvidia-cuda-runtime',
  'nvidia-cublas',
  'nvidia-cudnn',
  'nvidia-cufft',
  'nvidia-curand',
  'nvidia-cuda-nvrtc',
  'nvidia-nvjitlink',
];
const needed = /^lib(cudart|cublas|cublasLt|cudnn|cufft|curand|nvrtc|nvJitLink)\.so\.\d+$/;

/** NVIDIA's driver that each CUDA needs at least on Linux (CUDA compatibility, "minor version compatibility"). */
const oldestDrivers = /** @type {Record<number, string>} */ ({ 12: '525.60.13', 13: '580.65.06' });

/** @param {readonly string[]} args */
const pip = (args) => promisify(execFile)(python, ['-m', 'pip', ...args], { maxBuffer: 2 ** 26 });

const target = ['--only-binary=:all:', '--python-version=3.12', '--implementation=cp'].concat(
  ['manylinux_2_28_x86_64', 'manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64'].map(
    (platform) => `--platform=${platform}`,
  ),
);
const scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-gpu-wheels-'));
try {
  const report = path.join(scratch, 'report.json');
  const asked = `onnxruntime-gpu[cuda,cudnn]==${version}`;
  await pip(['install', '--dry-run', '--ignore-installed', '--target', scratch, '--report', report, ...target, asked]);
  const { install } = JSON.parse(await readFile(report, 'utf8'));
  const chosen = distributions.flatMap((name) =>
    install.flatMap((/** @type {any} */ each) => {
      const distribution = each.metadata.name.toLowerCase().replaceAll('_', '-');
      const isIt = distribution === name || distribution.replace(/-cu\d+$/, '') === name;
      if (!isIt) return [];
      const { url, archive_info: archive } = each.download_info;
      const file = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
      return [{ distribution, version: each.metadata.version, file, sha256: archive.hashes.sha256 }];
    }),
  );
  const pinned = chosen.map(({ distribution, version: own }) => `${distribution}==${own}`);
  await pip(['download', '--no-deps', '--dest', folder, ...target, ...pinned]);
  const wheels = [];
  for (const each of chosen) {
    const downloaded = path.join(folder, each.file);
    const { size: bytes } = await stat(downloaded);
    const libraries = await librariesIn(downloaded);
    const unpackedBytes = Object.values(libraries).reduce((sum, size) => sum + size, 0);
    const provides = Object.keys(libraries).filter((name) => needed.test(name));
    wheels.push({ ...each, bytes, unpackedBytes, provides });
  }
  const cuda = Number.parseInt(chosen.find((each) => each.distribution.startsWith('nvidia-cuda-runtime'))?.version, 10);
  await writeFile(
    path.join(repository, 'server/src/cli/gpu/cudaWheels.ts'),
    sourceOf({ onnxRuntime: version, cuda, oldestDriver: oldestDrivers[cuda], wheels }),
  );
  await promisify(execFile)('npx', ['biome', 'check', '--write', 'server/src/cli/gpu/cudaWheels.ts'], {
    cwd: repository,
  });
  console.log((await readdir(folder)).join('\n'));
} finally {
  await rm(scratch, { recursive: true, force: true });
}

/**
 * The shared libraries in a wheel, with their bytes.
 * @param {string} file
 * @returns {Promise<Record<string, number>>}
 */
async function librariesIn(file) {
  const code = [
    'import json, re, sys, zipfile',
    'name = re.compile(r"(?:^|/)(lib[\\w.+-]+\\.so(?:\\.\\d+)*)$")',
    'files = zipfile.ZipFile(sys.argv[1]).infolist()',
    'print(json.dumps({name.search(f.filename)[1]: f.file_size for f in files if name.search(f.filename)}))',
  ].join('\n');
  const { stdout } = await promisify(execFile)(python, ['-c', code, file]);
  return JSON.parse(stdout);
}

/** @param {unknown} value */
function sourceOf(value) {
  return [
    "import type { Wheel } from './wheel.js';",
    '',
    '/**',
    ' * The files of `promptseg gpu install`, with the checksums that PyPI had when this was written by',
    ' * `node scripts/gpu-wheels.mjs`.',
    ' */',
    'export const cudaWheels: {',
    '  /** Version of onnxruntime-node and of the provider. */',
    '  readonly onnxRuntime: string;',
    '  readonly cuda: number;',
    "  /** NVIDIA's driver must have this version or a newer one. */",
    '  readonly oldestDriver: string;',
    '  readonly wheels: readonly Wheel[];',
    `} = ${JSON.stringify(value, undefined, 2)};`,
    '',
  ].join('\n');
}
