import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { runtimeVersion } from '../../segmenter/providers/runtimeFolder.js';
import { requireSupported } from '../gpu.js';
import { cudaWheels } from './cudaWheels.js';

it('has the files of the very version of ONNX Runtime that is installed', () => {
  const { dependencies } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8'));
  expect(cudaWheels.onnxRuntime).toBe(dependencies['onnxruntime-node']);
  expect(cudaWheels.onnxRuntime).toBe(runtimeVersion());
  expect(cudaWheels.wheels[0]).toMatchObject({ distribution: 'onnxruntime-gpu', version: cudaWheels.onnxRuntime });
});

it('has the names, checksums and sizes of the files', () => {
  for (const wheel of cudaWheels.wheels) {
    expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Math.min(wheel.bytes, wheel.unpackedBytes)).toBeGreaterThan(100_000);
    expect(wheel.file).toMatch(/x86_64\.whl$/);
    expect(wheel.file.startsWith(`${wheel.distribution.replaceAll('-', '_')}-${wheel.version}-`)).toBe(true);
  }
  const provided = cudaWheels.wheels.flatMap(({ provides }) => provides);
  expect(provided).toEqual(expect.arrayContaining(['libcublas.so.13', 'libcublasLt.so.13', 'libcudnn.so.9']));
});

const here = { platform: 'linux', arch: 'x64', version: cudaWheels.onnxRuntime };
it.each([
  ['Windows', { ...here, platform: 'win32' }, 'this is win32 with x64.'],
  ['another processor', { ...here, arch: 'arm64' }, 'this is linux with arm64.'],
  ['another version', { ...here, version: '0.0.1' }, 'and 0.0.1 is installed.'],
])('refuses %s', (_what, machine, message) => {
  expect(() => requireSupported(machine)).toThrow(
    expect.objectContaining({ code: 'gpu-install-unsupported', message: expect.stringContaining(message) }),
  );
  expect(() => requireSupported(here)).not.toThrow();
});
