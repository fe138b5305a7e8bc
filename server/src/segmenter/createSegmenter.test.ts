import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const original = fileURLToPath(new URL('../../../models/testing/text-query-package', import.meta.url));
const built = (module: string) => new URL(`../../dist/segmenter/${module}.js`, import.meta.url).href;

/**
 * ONNX Runtime refuses the typed arrays of Jest's realm, so the way through it runs in a Node process of its own, with
 * the compiled server: opens the package, segments its golden volume, and prints what came out or went wrong.
 */
const script = `
  import { readFile } from 'node:fs/promises';
  const { createSegmenter } = await import(${JSON.stringify(built('createSegmenter'))});
  const { loadModelPackage } = await import(${JSON.stringify(built('modelPackage'))});
  const [folder, executionProvider] = process.argv.slice(1);
  try {
    const model = await loadModelPackage(folder);
    const segmenter = await createSegmenter(model, { executionProvider, threads: 1 });
    const golden = JSON.parse(await readFile(folder + '/golden/golden.json', 'utf8'));
    const voxels = new Int16Array(Uint8Array.from(await readFile(folder + '/golden/voxels.i16')).buffer);
    const targets = model.vocabulary.targets.map(({ id, name, concept }) => ({ id, name, prompt: name, concept }));
    const { outcomes, executionProvider: ran, notes, sessionRunMs } = await segmenter.segment(
      { grid: golden.grid, voxels },
      targets,
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
    await segmenter.dispose();
    const bits = outcomes.map(({ mask }) => Buffer.from(mask.bits).toString('hex'));
    console.log(JSON.stringify({ ran, notes, sessionRunMs, bits }));
  } catch (error) {
    console.log(JSON.stringify({ code: error.code ?? String(error.stack), message: error.message }));
  }`;

async function run(folder: string, executionProvider: string) {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
    folder,
    executionProvider,
  ]);
  return { ...JSON.parse(stdout), stderr };
}

let models: string;

/** A copy of the package with one file changed and its checksum made right. */
async function packageWith(name: string, file: string, change: (bytes: Buffer) => Buffer): Promise<string> {
  const folder = join(models, name);
  await cp(original, folder, { recursive: true });
  const before = await readFile(join(folder, file));
  const after = change(before);
  await writeFile(join(folder, file), after);
  const sum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const sums = await readFile(join(folder, 'SHA256SUMS'), 'utf8');
  await writeFile(join(folder, 'SHA256SUMS'), sums.replace(sum(before), sum(after)));
  return folder;
}

describe('createSegmenter with ONNX Runtime', () => {
  beforeAll(async () => {
    if (!existsSync(fileURLToPath(built('createSegmenter'))))
      throw new Error('The server is not compiled. Run "npm run types" first.');
    models = await mkdtemp(join(tmpdir(), 'promptseg-segmenter-'));
  });
  afterAll(() => rm(models, { recursive: true, force: true }));

  it('gives the masks that were computed independently, on the CPU', async () => {
    const { ran, notes, sessionRunMs, bits } = await run(original, 'cpu');
    expect({ ran, notes }).toEqual({ ran: 'cpu', notes: [] });
    expect(sessionRunMs).toBeGreaterThan(0);
    const targets = ['grey-region', 'bright-region', 'whole-region'];
    for (const [n, target] of targets.entries())
      expect(bits[n]).toBe((await readFile(join(original, `golden/${target}.bits`))).toString('hex'));
  });

  it('says so where auto had to fall back to the CPU, and refuses cuda where it cannot run', async () => {
    const auto = await run(original, 'auto');
    if (auto.ran === 'cpu') {
      expect(auto.notes).toEqual([expect.stringContaining('could not start CUDA')]);
      expect(await run(original, 'cuda')).toMatchObject({ code: 'execution-provider-unavailable' });
    } else expect(auto).toMatchObject({ ran: 'cuda', notes: [] });
    expect(auto.stderr).toBe('');
  });

  it('refuses a truncated graph, naming it', async () => {
    const folder = await packageWith('truncated', 'graphs/image.onnx', (bytes) => bytes.subarray(0, 100));
    expect(await run(folder, 'cpu')).toMatchObject({
      code: 'model-package-corrupt',
      message: 'graphs/image.onnx cannot be opened by ONNX Runtime on cpu.',
    });
  });

  it('refuses a graph whose names are not those of the manifest', async () => {
    const folder = await packageWith('names', 'model.json', (bytes) =>
      Buffer.from(bytes.toString().replace('"output": "logits"', '"output": "masks"')),
    );
    expect(await run(folder, 'cpu')).toMatchObject({
      code: 'model-package-corrupt',
      message: 'graphs/mask.onnx has no output "masks".',
    });
  });

  it('refuses a model whose masks are not the expected ones', async () => {
    const folder = await packageWith('other', 'embeddings.f32', (bytes) => {
      const changed = Buffer.from(bytes);
      changed.writeFloatLE(-21, 12);
      return changed;
    });
    expect(await run(folder, 'cpu')).toMatchObject({
      code: 'model-selftest-failed',
      message: expect.stringContaining('on its test volume'),
    });
  });
});
