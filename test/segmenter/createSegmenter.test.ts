import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changedPackage } from '../support/changedPackage.js';
import { type Segmented, segmentGolden } from './goldenMasks.js';

const original = fileURLToPath(new URL('../../models/testing/text-query-package', import.meta.url));

let models: string;
/** The masks of the original, on the CPU. */
let onCpu: Segmented;

/** A copy of the package with one file changed. */
async function packageWith(name: string, file: string, change: (bytes: Buffer) => Buffer): Promise<string> {
  const folder = join(models, name);
  await changedPackage(original, folder, file, change);
  return folder;
}

describe('createSegmenter with ONNX Runtime', () => {
  beforeAll(async () => {
    models = await mkdtemp(join(tmpdir(), 'promptseg-segmenter-'));
    onCpu = await segmentGolden(original, 'cpu');
  });
  afterAll(() => rm(models, { recursive: true, force: true }));

  it('gives the masks that were computed independently, on the CPU', async () => {
    const { ran, notes, sessionRunMs, masks } = onCpu;
    expect({ ran, notes }).toEqual({ ran: 'cpu', notes: [] });
    expect(sessionRunMs).toBeGreaterThan(0);
    for (const target of ['grey-region', 'bright-region', 'whole-region'])
      expect(masks?.[target]).toBe((await readFile(join(original, `golden/${target}.bits`))).toString('base64'));
  });

  it('says so where auto had to fall back to the CPU, and why', async () => {
    const auto = await segmentGolden(original, 'auto');
    expect(auto.notes).toEqual(auto.ran === 'cpu' ? [expect.stringMatching(/^The model ran on the CPU\. CUDA: /)] : []);
    expect(auto.stderr).toBe('');
  });

  it.each(['cuda', 'coreml', 'dml'])('gives the same masks on %s, or says that it cannot run', async (provider) => {
    const there = await segmentGolden(original, provider);
    if (there.ran === undefined)
      expect(there).toMatchObject({
        code: 'execution-provider-unavailable',
        message: expect.stringMatching(/^ONNX Runtime cannot start an execution provider on this machine\. \w+/),
      });
    else expect(there.masks).toEqual(onCpu.masks);
  });

  it('tests a package once on a machine, and again when it changed or did not pass', async () => {
    const XDG_CACHE_HOME = join(models, 'cache');
    const verdicts = () => readdir(join(XDG_CACHE_HOME, 'promptseg/self-tests')).catch(() => []);
    const wrong = await packageWith('wrong-mask', 'golden/whole-region.bits', (bytes) => Buffer.alloc(bytes.length));
    for (let time = 0; time < 2; time++)
      expect(await segmentGolden(wrong, 'cpu', { XDG_CACHE_HOME })).toMatchObject({ code: 'model-selftest-failed' });
    expect(await verdicts()).toEqual([]);
    const first = await segmentGolden(original, 'cpu', { XDG_CACHE_HOME });
    const [verdict] = await verdicts();
    expect((await segmentGolden(original, 'cpu', { XDG_CACHE_HOME })).masks).toEqual(first.masks);
    expect(await verdicts()).toEqual([verdict]);
    const unwritable = { XDG_CACHE_HOME: join(original, 'CARD.md') };
    expect(await segmentGolden(original, 'cpu', unwritable)).toMatchObject({ ran: 'cpu' });
  });

  describe('with an int8 graph in the package', () => {
    /** A copy of the package whose int8 graph is its float graph, changed. */
    async function withInt8Graph(name: string, change: (graph: Buffer) => Buffer): Promise<string> {
      const folder = await packageWith(name, 'model.json', (bytes) => {
        const manifest = JSON.parse(bytes.toString());
        manifest.image.int8 = { file: 'graphs/image.int8.onnx', minimumDice: 0.95 };
        return Buffer.from(JSON.stringify(manifest));
      });
      const graph = change(await readFile(join(folder, 'graphs/image.onnx')));
      await writeFile(join(folder, 'graphs/image.int8.onnx'), graph);
      const line = `${createHash('sha256').update(graph).digest('hex')}  graphs/image.int8.onnx\n`;
      await appendFile(join(folder, 'SHA256SUMS'), line);
      return folder;
    }
    const inInt8 = ['The model computed in int8, which is faster on this processor than float32.'];
    const notFaster = ['The model computed in float32: int8 is not faster on this processor.'];
    const unfit = ['The model computed in float32: its int8 graph does not work on this processor.'];
    /** The biases of the convolution, 0 and 1, are the last such values in the file. */
    function withOtherBias(graph: Buffer): Buffer {
      const at = graph.lastIndexOf(Buffer.from(new Float32Array([0, 1]).buffer));
      const changed = Buffer.from(graph);
      changed.writeFloatLE(40, at + 4);
      return changed;
    }

    it('takes the faster of the two once their masks are right, and says which', async () => {
      const XDG_CACHE_HOME = join(models, 'cache-int8');
      const folder = await withInt8Graph('int8-right', (graph) => graph);
      const first = await segmentGolden(folder, 'cpu', { XDG_CACHE_HOME });
      expect([inInt8, notFaster]).toContainEqual(first.notes);
      expect(first.masks).toEqual(onCpu.masks);
      expect(await segmentGolden(folder, 'cpu', { XDG_CACHE_HOME })).toMatchObject({ notes: first.notes });
    });

    it.each([
      ['wrong masks', withOtherBias],
      ['a graph that cannot be opened', (graph: Buffer) => graph.subarray(0, 100)],
    ])('computes in float32 and says so: %s', async (what, change) => {
      const there = await segmentGolden(await withInt8Graph(what.replaceAll(' ', '-'), change), 'cpu');
      expect(there).toMatchObject({ notes: unfit, masks: onCpu.masks });
    });

    it('refuses a package that names an int8 graph and lacks it', async () => {
      const folder = await withInt8Graph('int8-missing', (graph) => graph);
      await rm(join(folder, 'graphs/image.int8.onnx'));
      expect(await segmentGolden(folder, 'cpu')).toMatchObject({ code: 'model-package-corrupt' });
    });
  });

  it('refuses a truncated graph, naming it', async () => {
    const folder = await packageWith('truncated', 'graphs/image.onnx', (bytes) => bytes.subarray(0, 100));
    expect(await segmentGolden(folder, 'cpu')).toMatchObject({
      code: 'model-package-corrupt',
      message: 'graphs/image.onnx cannot be opened by ONNX Runtime on cpu.',
    });
  });

  it('refuses a graph whose names are not those of the manifest', async () => {
    const folder = await packageWith('names', 'model.json', (bytes) =>
      Buffer.from(bytes.toString().replace('"output": "logits"', '"output": "masks"')),
    );
    expect(await segmentGolden(folder, 'cpu')).toMatchObject({
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
    expect(await segmentGolden(folder, 'cpu')).toMatchObject({
      code: 'model-selftest-failed',
      message: expect.stringContaining('on its test volume'),
    });
  });
});
