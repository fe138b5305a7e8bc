/**
 * A folder of at most 60 MB that runs the benchmark of execution providers on a bare Linux machine with x64, an NVIDIA
 * driver and Vulkan: node test/benchmarks/gpuFolder.mjs FOLDER PACKAGE … after `npm run build`. On that machine:
 * `sh FOLDER/run.sh [ct | small]`.
 *
 * Packages have to be small: computed_weights.py makes such copies of any. The folder has this machine's Node.js, the
 * product's build, ONNX Runtime with WebGPU, and the packages. CUDA is measured if its libraries are put next to ONNX
 * Runtime's (`promptseg gpu install`).
 */
import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { repository } from '../../scripts/setup/paths.mjs';

const largest = 60e6;
const runtimeFiles = 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64';

const [folder, ...packages] = process.argv.slice(2);
if (folder === undefined || packages.length === 0) throw new Error('usage: gpuFolder.mjs FOLDER PACKAGE …');
if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('The folder is made on Linux with x64.');
await mkdir(folder);
const staging = path.join(folder, 'staging');

// What the segmenter imports, and nothing of the server.
await copy('server/package.json');
await copy('server/dist', (file) => !/\.(map|d\.ts)$/.test(file));
await copy('scripts/setup/paths.mjs');
for (const name of ['gpu.mjs', 'median.mjs', 'segmentPackage.mjs']) await copy(`test/benchmarks/${name}`);
await writeFile(path.join(staging, 'package.json'), '{"type": "module"}\n');
for (const name of await dependenciesOf(['onnxruntime-node', 'zod', '@huggingface/tokenizers', 're2js']))
  await copy(`node_modules/${name}`, (file) => !/\/bin\/|\/script\/|\.map$|\.d\.[cm]?ts$/.test(file));
await copy(`${runtimeFiles}/onnxruntime_binding.node`);
for (const each of packages)
  await cp(each, path.join(staging, 'packages', path.basename(path.resolve(each))), { recursive: true });
execFileSync('tar', ['-czf', path.join(folder, 'benchmark.tar.gz'), '-C', staging, '.']);
await rm(staging, { recursive: true });
await compress(process.execPath, 'node.gz');
await compress(path.join(repository, runtimeFiles, 'libonnxruntime.so.1'), 'libonnxruntime.so.1.gz');
await writeFile(
  path.join(folder, 'run.sh'),
  `#!/bin/sh
# Unpacks the benchmark next to this file and runs it: sh run.sh [ct | small]
set -e
cd "$(dirname "$0")"
mkdir -p unpacked
tar -xzf benchmark.tar.gz -C unpacked
gzip -dc node.gz > unpacked/node
gzip -dc libonnxruntime.so.1.gz > unpacked/${runtimeFiles}/libonnxruntime.so.1
chmod +x unpacked/node
cd unpacked
exec ./node --input-type=module -e "
import { measureGpu } from './test/benchmarks/gpu.mjs';
import { readdirSync, writeFileSync } from 'node:fs';
const packages = readdirSync('packages').map((name) => 'packages/' + name);
const rows = await measureGpu([process.argv[1] ?? 'ct', ...packages]);
writeFileSync('../results.json', JSON.stringify(rows, undefined, 2));
console.table(Object.fromEntries(rows.map(({ name, ...figures }) => [name, figures])));
process.exit();
" "$@"
`,
);
await chmod(path.join(folder, 'run.sh'), 0o755);
const sizes = await Promise.all(
  (await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size),
);
const bytes = sizes.reduce((sum, size) => sum + size, 0);
console.log(`${folder}: ${(bytes / 1e6).toFixed(1)} MB`);
if (bytes > largest) throw new Error(`The folder is larger than ${largest / 1e6} MB: leave out packages.`);

/**
 * @param {string} name file or folder in the repository
 * @param {(file: string) => boolean} [isWanted] by a path with slashes
 */
async function copy(name, isWanted = () => true) {
  const filter = (/** @type {string} */ source) => isWanted(path.relative(repository, source));
  await cp(path.join(repository, name), path.join(staging, name), { recursive: true, filter, dereference: true });
}

/** @param {string} source @param {string} name */
async function compress(source, name) {
  const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION });
  await pipeline(createReadStream(source), gzip, createWriteStream(path.join(folder ?? '', name)));
}

/**
 * Packages of npm with all that they need, without those that only install scripts need.
 * @param {readonly string[]} names
 */
async function dependenciesOf(names) {
  const found = new Set();
  const queue = [...names];
  const { resolve } = createRequire(path.join(repository, 'package.json'));
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name) || ['adm-zip', 'global-agent'].includes(name)) continue;
    found.add(name);
    const file = resolve.paths(name)?.map((place) => path.join(place, name, 'package.json'))[0];
    const { dependencies = {} } = JSON.parse(await readFile(file ?? '', 'utf8'));
    queue.push(...Object.keys(dependencies));
  }
  return found;
}
