/**
 * SAT of the published size, with random weights, through the server's segmenter and through PyTorch, in turn:
 *
 *   node test/benchmarks/sat.mjs [nano | pro] [cpu | cuda] [window | ct] [PROMPTS]
 *
 * `window` is one window of 288 × 288 × 96 voxels, `ct` what a CT of 512 × 512 × 300 voxels of 0.8 × 0.8 × 1.5 mm
 * becomes, twelve windows. On the CPU one window of SAT-Nano takes minutes and 13 GB; on a GPU both sides compute in
 * float16. Needs PROMPTSEG_PYTHON with PyTorch (for the GPU, with its build for it) and the compiled server. Prints a
 * table, the first run of each side and the last.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const [model = 'nano', provider = 'cpu', scan = 'window', prompts = '4'] = process.argv.slice(2);
const python = process.env.PROMPTSEG_PYTHON ?? 'python3';
const size = scan === 'ct' ? ['410', '410', '150'] : ['288', '288', '96'];
const runs = provider === 'cuda' ? '4' : '1';
const here = import.meta.dirname;

/** @param {string} program @param {readonly string[]} args */
const outputOf = async (program, args) => {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout.trim().split('\n').at(-1) || 'null');
};

const root = await mkdtemp(path.join(tmpdir(), 'promptseg-sat-'));
try {
  const folder = path.join(root, 'package');
  const precision = provider === 'cuda' ? 'fp16' : 'fp32';
  await outputOf(python, ['-W', 'ignore', path.join(here, 'sat_package.py'), folder, model, precision, prompts]);
  const theirs = await outputOf(python, [path.join(here, 'sat_with_torch.py'), folder, model, provider, ...size, runs]);
  const ours = await outputOf(process.execPath, [
    path.join(here, 'segmentPackage.mjs'),
    folder,
    provider,
    ...size,
    // The model's own grid, so that nothing is resampled.
    '1',
    '3',
    runs,
    prompts,
  ]);
  console.table(
    ['first', 'last'].map((which) => {
      const at = which === 'first' ? 0 : -1;
      return {
        run: `SAT-${model}, ${precision} on ${provider}, ${size.join('×')}, ${prompts} prompts, ${which}`,
        'PyTorch s': seconds(theirs.milliseconds.at(at)),
        'ours s': seconds(ours.milliseconds.at(at)),
        'of it ONNX Runtime s': seconds(ours.inside.at(at)),
        'ours / PyTorch': Number((ours.milliseconds.at(at) / theirs.milliseconds.at(at)).toFixed(2)),
        'PyTorch GB': gigabytes(theirs.peakBytes),
        'our GB': gigabytes(provider === 'cuda' ? ours.cardBytes : ours.peakBytes),
      };
    }),
  );
} finally {
  await rm(root, { recursive: true, force: true });
}

/** @param {number} milliseconds */
function seconds(milliseconds) {
  return Number((milliseconds / 1000).toFixed(2));
}

/** @param {number | undefined} bytes */
function gigabytes(bytes) {
  return bytes === undefined ? undefined : Number((bytes / 1e9).toFixed(1));
}
