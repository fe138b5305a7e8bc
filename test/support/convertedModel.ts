import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, it } from '@jest/globals';

const run = promisify(execFile);
/**
 * With two threads on two busy cores, PyTorch's threads wait for each other: 29 s of processor time for a package, 3 s
 * with one thread.
 */
const env = { ...process.env, OMP_NUM_THREADS: '1' };
const converterTests = path.resolve(import.meta.dirname, '../../models/tools/converters/tests');
const python = process.env.PROMPTSEG_PYTHON;
const hasPyTorch = python !== undefined && spawnSync(python, ['-c', 'import torch, onnx, onnxruntime']).status === 0;

/**
 * `describe` for model packages with random weights, made by the converters; skipped with a warning if PROMPTSEG_PYTHON
 * has no PyTorch.
 *
 * @param scripts in models/tools/converters/tests, each called with its output folder
 * @param body gets the folder of the model packages, which `make` creates
 */
export function describeWithConvertedModel(
  title: string,
  scripts: string | readonly string[],
  body: (make: () => Promise<string>) => void,
): void {
  if (!hasPyTorch) {
    console.warn(`SKIPPED: "${title}" needs PROMPTSEG_PYTHON with PyTorch (PROMPTSEG_TEST_TRAINING=1 installs it).`);
    describe.skip(title, () => {
      it('needs PyTorch', () => {});
    });
    return;
  }
  describe(title, () => {
    let folder: string | undefined;
    afterAll(async () => {
      if (folder !== undefined) await rm(folder, { recursive: true });
    });
    body(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'promptseg-models-'));
      const models = folder;
      await Promise.all(
        [scripts]
          .flat()
          .map((script) =>
            run(python!, ['-W', 'ignore', path.join(converterTests, script), path.join(models, script)], { env }),
          ),
      );
      return models;
    });
  });
}
