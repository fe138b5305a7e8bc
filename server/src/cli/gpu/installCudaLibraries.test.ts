import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type CudaInstallation, installCudaLibraries } from './installCudaLibraries.js';
import { type StandInPip, smallWheel, standInPip } from './testWheels.testSupport.js';

const provider = 'libonnxruntime_providers_cuda.so';
const runtime = smallWheel('onnxruntime_gpu-1.0-cp312-manylinux_x86_64.whl', {
  'onnxruntime/__init__.py': 'print()',
  'onnxruntime/capi/libonnxruntime_providers_cuda.so': 'the provider',
  'onnxruntime/capi/libonnxruntime_providers_shared.so': 'shared by providers',
  'onnxruntime/capi/libonnxruntime_providers_tensorrt.so': 'another provider',
  'onnxruntime/capi/libonnxruntime.so.1.0': 'the build for Python',
});
const cudnn = smallWheel(
  'nvidia_cudnn_cu12-9.1-py3-none-any.whl',
  {
    'nvidia/cudnn/include/cudnn.h': '#define X',
    'nvidia/cudnn/lib/libcudnn.so.9': 'cudnn '.repeat(200_000),
    'nvidia/cudnn/lib/libcudnn_ops.so.9': 'operators',
  },
  ['libcudnn.so.9'],
);
const cublas = smallWheel(
  'nvidia_cublas_cu12-12.9-py3-none-any.whl',
  { 'nvidia/cublas/lib/libcublas.so.12': 'cublas', 'nvidia/cublas/lib/libcublasLt.so.12': 'light' },
  ['libcublas.so.12', 'libcublasLt.so.12'],
);
const all = [runtime, cudnn, cublas];
const ofProvider = [provider, 'libonnxruntime_providers_shared.so'];

let root: string;
let folder: string;
let pip: StandInPip;
let steps: string[];
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'promptseg-gpu-'));
  folder = path.join(root, 'runtime');
  await mkdir(folder);
  await writeFile(path.join(folder, 'libonnxruntime.so.1'), 'the build for Node.js');
  steps = [];
  pip = await standInPip(root, all);
});
afterEach(() => rm(root, { recursive: true }));

const install = (changed: Partial<CudaInstallation> = {}) =>
  installCudaLibraries({
    wheels: all.map(({ wheel }) => wheel),
    pip: pip.command,
    provider,
    folder,
    onStep: (sentence) => void steps.push(sentence),
    missing: async (names) => names,
    ...changed,
  });
const present = async () => (await readdir(folder)).filter((name) => name.startsWith('lib')).sort();
const untouched = ['libonnxruntime.so.1'];

describe('installing the CUDA libraries', () => {
  it('unpacks the provider and all that is missing, and nothing else', async () => {
    const { libraries, distributions, wasComplete } = await install();
    const expected = [...ofProvider, 'libcublas.so.12', 'libcublasLt.so.12', 'libcudnn.so.9', 'libcudnn_ops.so.9'];
    expect(libraries.toSorted()).toEqual(expected.toSorted());
    expect(await present()).toEqual([...expected, ...untouched].toSorted());
    expect(distributions).toEqual(['onnxruntime-gpu', 'nvidia-cudnn-cu12', 'nvidia-cublas-cu12']);
    expect(wasComplete).toBe(false);
    expect(await readFile(path.join(folder, 'libcudnn.so.9'), 'utf8')).toBe('cudnn '.repeat(200_000));
    expect(await readFile(path.join(folder, 'libonnxruntime.so.1'), 'utf8')).toBe('the build for Node.js');
    expect(existsSync(path.join(folder, 'promptseg-gpu'))).toBe(false);
  });

  it('leaves out what the system has', async () => {
    await install({ missing: async () => ['libcublas.so.12'] });
    expect(await present()).toEqual([...ofProvider, 'libcublas.so.12', 'libcublasLt.so.12', ...untouched].toSorted());
    expect(await pip.asked()).toHaveLength(2);
  });

  it('downloads nothing a second time, and only what was removed since', async () => {
    await install();
    expect(await install()).toMatchObject({ wasComplete: true });
    expect(await pip.asked()).toHaveLength(3);
    await rm(path.join(folder, provider));
    expect(await install()).toMatchObject({ wasComplete: false });
    expect(await present()).toContain(provider);
  });

  it('changes nothing if a download fails, and goes on with the rest', async () => {
    const absent = { ...cublas.wheel, version: '0.1' };
    await expect(install({ wheels: [runtime.wheel, cudnn.wheel, absent] })).rejects.toMatchObject({
      code: 'gpu-download-failed',
    });
    expect(await present()).toEqual(untouched);
    await install();
    expect(await present()).toContain('libcublas.so.12');
    expect((await pip.asked()).map((asked) => asked.split(' ')[0])).toEqual([
      'onnxruntime-gpu==1.0',
      'nvidia-cudnn-cu12==9.1',
      'nvidia-cublas-cu12==0.1',
      'nvidia-cublas-cu12==12.9',
    ]);
  });

  it('refuses a second installation at the same time', async () => {
    let goOn: (() => void) | undefined;
    const first = install({
      missing: () =>
        new Promise((resolve) => {
          goOn = () => resolve([]);
        }),
    });
    await during(first, () => goOn !== undefined);
    await expect(install()).rejects.toMatchObject({
      code: 'gpu-install-failed',
      message: 'Another `promptseg gpu install` is running.',
    });
    goOn!();
    await first;
    expect(await present()).toEqual([...ofProvider, ...untouched].toSorted());
    await expect(install()).resolves.toMatchObject({ wasComplete: false });
  });

  it('refuses a disk that is too small, with the figures', async () => {
    await expect(install({ freeBytes: async () => 10 })).rejects.toMatchObject({
      code: 'gpu-install-failed',
      message: expect.stringMatching(/^\d+ kB are needed in .*, and 1 kB are free\.$/),
    });
    expect([await pip.asked(), await present()]).toEqual([[], untouched]);
  });

  it('refuses a folder that it cannot write, or that is not there', async () => {
    await expect(install({ folder: path.join(root, 'absent') })).rejects.toMatchObject({ code: 'gpu-install-failed' });
  });

  it('takes files from a folder without a connection', async () => {
    const from = path.join(root, 'files');
    await mkdir(from);
    for (const { bytes, wheel } of [runtime, cudnn]) await writeFile(path.join(from, wheel.file), bytes);
    const file = cublas.wheel.file;
    await expect(install({ from })).rejects.toMatchObject({ message: `${from} has no ${file}.` });
    await writeFile(path.join(from, file), 'something else');
    await expect(install({ from })).rejects.toMatchObject({
      code: 'gpu-download-failed',
      message: `${file} in ${from} has another checksum than it must have.`,
    });
    await writeFile(path.join(from, file), cublas.bytes);
    expect((await install({ from })).distributions).toHaveLength(3);
    expect([await pip.asked(), (await readdir(from)).length]).toEqual([[], 3]);
  });
});

/** Waits for a condition while something runs. @throws as that, or Error if it ends before */
async function during(running: Promise<unknown>, condition: () => boolean): Promise<void> {
  let ended = false;
  const end = running.finally(() => {
    ended = true;
  });
  while (!condition()) {
    if (ended) throw new Error(`It ended before: ${JSON.stringify(await end)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
