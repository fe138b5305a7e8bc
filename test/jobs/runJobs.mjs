/**
 * Runs one job after another in a worker process, as a server does, and prints how each ended, a line of JSON each. The
 * archive's addresses are the arguments, one per job. The worker process gets the memory limits of this one; with
 * NO_SUCH_PROGRAM it cannot be started.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createWorkerProcess } from '../../server/dist/jobs/worker/workerProcess.js';
import { toProblem } from '../../server/dist/platform/errors.js';
import { loadModelPackage } from '../../server/dist/segmenter/packages/modelPackage.js';
import { understandPrompts } from '../../server/dist/story/understandPrompts.js';

if (process.env.NO_SUCH_PROGRAM !== undefined) process.execPath = '/no/such/program';
const [archiveUrl = '', ...studies] = process.argv.slice(2);
const worker = createWorkerProcess({
  archiveUrl,
  executionProvider: 'cpu',
  threads: availableParallelism(),
  modelMemoryBytes: 1e9,
});
const model = await loadModelPackage(path.resolve(import.meta.dirname, '../../models/ct-tissues'));
for (const studyInstanceUID of studies) {
  const problem = await worker
    .run({
      jobId: studyInstanceUID,
      modelFolder: model.folder,
      request: {
        studyInstanceUID,
        seriesInstanceUID: '1.2.3',
        understood: understandPrompts(['bone'], model.vocabulary),
        output: {},
        result: { seriesInstanceUID: '1.2.4', sopInstanceUID: '1.2.5' },
        createdAt: new Date(),
      },
      onStage() {},
      onProgress() {},
      beforeStoring: async () => {},
    })
    .then(
      () => undefined,
      (error) => error.problem ?? toProblem(error),
    );
  process.stdout.write(`${JSON.stringify(problem)}\n`);
}
await worker.stop();
