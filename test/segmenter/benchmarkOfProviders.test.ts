import path from 'node:path';
import { expect, it } from '@jest/globals';
import { measureGpu } from '../benchmarks/gpu.mjs';

const folder = path.resolve(import.meta.dirname, '../../models/testing/text-query-package');

it('the benchmark of GPUs measures a package on the CPU, and says why another provider does not run', async () => {
  const rows = await measureGpu(['small', folder], 2);
  expect(rows.map(({ name }) => name)).toEqual(
    ['cpu', 'webgpu', 'cuda'].map((provider) => `text-query-package, small, ${provider}`),
  );
  expect(rows[0]).toMatchObject({ 'first s': expect.any(Number), 'warm s': expect.any(Number) });
  expect(rows[0]!['memory GB']).toBeGreaterThan(0);
  for (const row of rows) expect([row.name, 'warm s' in row || 'not run' in row]).toEqual([row.name, true]);
});

it('refuses a folder that is no package', async () => {
  await expect(measureGpu([import.meta.dirname])).rejects.toThrow('is not a model package');
});
