/**
 * Runs the story on series of archives, with the compiled server and a shipped model, and prints the outcome of each as
 * JSON. A Node process of its own: ONNX Runtime refuses the typed arrays of Jest's realm.
 * node segmentFromArchive.mjs '[{ "baseUrl": …, "studyInstanceUID": …, "seriesInstanceUID": …, "prompt": … }, …]'
 */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { uidFromName, uidFromUuid } from '../../server/dist/dicom/uid.js';
import { createDicomWebArchive } from '../../server/dist/pacs/dicomWebArchive.js';
import { toProblem } from '../../server/dist/platform/errors.js';
import { createSegmenter } from '../../server/dist/segmenter/packages/createSegmenter.js';
import { loadModelPackage } from '../../server/dist/segmenter/packages/modelPackage.js';
import { segmentByText } from '../../server/dist/story/segmentByText.js';
import { understandPrompts } from '../../server/dist/story/understandPrompts.js';

/** @typedef {{ baseUrl: string, studyInstanceUID: string, seriesInstanceUID: string, prompt: string }} Asked */
/** @type {readonly Asked[]} */
const requests = JSON.parse(process.argv[2] ?? '[]');
const model = await loadModelPackage(path.resolve(import.meta.dirname, '../../models/ct-tissues'));
const segmenter = await createSegmenter(model, { executionProvider: 'cpu', threads: 1 });

/** @param {Asked} asked */
async function segment({ baseUrl, prompt, ...series }) {
  /** @type {string[]} */
  const stages = [];
  const id = randomUUID();
  const request = {
    ...series,
    understood: understandPrompts([prompt], model.vocabulary),
    output: { segmentation: 'binary', measurementReport: true, rtStructureSet: false },
    result: { seriesInstanceUID: uidFromName(id, 'series'), sopInstanceUID: uidFromUuid(id) },
    createdAt: new Date(),
  };
  try {
    const { findings, notes, stored } = await segmentByText(/** @type {any} */ (request), {
      archive: createDicomWebArchive({ baseUrl }),
      model,
      lastSource: {},
      openSegmenter: async () => segmenter,
      signal: new AbortController().signal,
      onStage: (stage) => stages.push(stage),
      onProgress: () => {},
      mayStore: async () => {},
    });
    return { findings: findings.map(({ status }) => status), notes, stored, stages };
  } catch (error) {
    return { problem: toProblem(error), stages };
  }
}

const outcomes = [];
for (const request of requests) outcomes.push(await segment(request));
console.log(JSON.stringify(outcomes));
