import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, it } from '@jest/globals';
import { cacheFolder } from '../../scripts/setup/paths.mjs';

const run = promisify(execFile);
/**
 * With two threads on two busy cores, PyTorch's threads wait for each other: 29 s of processor time for a package, 3 s
 * with one thread.
 */
const env = { ...process.env, OMP_NUM_THREADS: '1' };
const tools = path.resolve(import.meta.dirname, '../../models/tools');
const converterTests = path.join(tools, 'converters/tests');
const python = process.env.PROMPTSEG_PYTHON;
// To import them takes 4 s of processor time.
const looks = 'from importlib.util import find_spec\nassert all(map(find_spec, ("torch", "onnx", "onnxruntime")))';
const hasPyTorch = python !== undefined && spawnSync(python, ['-c', looks]).status === 0;

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
          .map(async (script) => cp(await madeBy(script), path.join(models, script), { recursive: true })),
      );
      return models;
    });
  });
}

/**
 * What a script makes, the same for all tests until the tools change.
 * @returns a folder, not to be changed
 */
async function madeBy(script: string): Promise<string> {
  const all = path.join(cacheFolder, 'test-models');
  const [name, version] = [path.parse(script).name, versionOfTools()];
  const folder = path.join(all, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(all, { recursive: true });
  for (const old of await readdir(all))
    if (isOld(old, name, version)) await rm(path.join(all, old), { recursive: true });
  const scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-made-'));
  const made = path.join(scratch, 'package');
  await run(python!, ['-W', 'ignore', path.join(converterTests, script), made], { env });
  const here = await mkdtemp(path.join(all, `making-${name}-`));
  await cp(made, here, { recursive: true });
  await rm(scratch, { recursive: true });
  try {
    await rename(here, folder);
  } catch (error) {
    // Another test has made it meanwhile.
    await rm(here, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

const isOld = (folder: string, name: string, version: string): boolean =>
  folder.startsWith(`${name}-`) && folder.length === `${name}-${version}`.length && !folder.endsWith(version);

/** Of everything that the converters and their tests are made of. */
function versionOfTools(): string {
  const files = readdirSync(tools, { recursive: true, encoding: 'utf8' });
  const hash = createHash('sha256');
  for (const file of files.filter((each) => /\.(py|json|toml)$/.test(each)).sort())
    hash.update(file).update(readFileSync(path.join(tools, file)));
  return hash.digest('hex').slice(0, 12);
}
