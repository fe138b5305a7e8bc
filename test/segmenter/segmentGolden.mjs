/**
 * Segments the golden volume of a model package with the compiled server and prints the masks as JSON, or the error.
 * node segmentGolden.mjs MODEL_FOLDER EXECUTION_PROVIDER [TARGET_ID…]
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createSegmenter } from '../../server/dist/segmenter/packages/createSegmenter.js';
import { loadModelPackage } from '../../server/dist/segmenter/packages/modelPackage.js';

const [folder, executionProvider, ...wanted] = /** @type {[string, 'cpu' | 'webgpu' | 'auto', ...string[]]} */ (
  process.argv.slice(2)
);
try {
  const model = await loadModelPackage(folder);
  const segmenter = await createSegmenter(model, { executionProvider, threads: 1 });
  const golden = JSON.parse(await readFile(path.join(folder, 'golden/golden.json'), 'utf8'));
  const bytes = Uint8Array.from(await readFile(path.join(folder, golden.voxels.file)));
  const voxels = golden.voxels.type === 'int16' ? new Int16Array(bytes.buffer) : new Float32Array(bytes.buffer);
  const targets = model.vocabulary.targets
    .filter(({ id }) => id in golden.expected && (wanted.length === 0 || wanted.includes(id)))
    .map(({ id, name, concept }) => ({ id, name, prompt: name, concept }));
  const { modality, unit, grid } = golden;
  const segmented = await segmenter.segment(
    /** @type {any} */ ({ modality, unit, grid, voxels, header: {} }),
    /** @type {any} */ (targets),
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
  await segmenter.dispose();
  const masks = Object.fromEntries(
    segmented.outcomes.map((outcome) => [
      outcome.target.id,
      outcome.status === 'found' ? Buffer.from(outcome.mask.bits).toString('base64') : null,
    ]),
  );
  const { executionProvider: ran, notes, sessionRunMs } = segmented;
  console.log(JSON.stringify({ ran, notes, sessionRunMs, masks }));
} catch (error) {
  const { code, message, stack } = /** @type {Error & { code?: string }} */ (error);
  console.log(JSON.stringify({ code: code ?? stack, message }));
}
// Exits at once, because some GPU drivers crash when they are unloaded.
process.stdout.write('', () => process.exit(0));
