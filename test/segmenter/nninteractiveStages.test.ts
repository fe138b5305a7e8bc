import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { openNninteractive } from '../../server/src/segmenter/families/nninteractive/nninteractive.js';
import { expectScene, readScenes, watched } from '../../server/src/segmenter/families/nninteractive/testing/scenes.js';
import type { Graph } from '../../server/src/segmenter/onnxRuntime.js';
import { loadAnyPackage } from '../../server/src/segmenter/packages/modelPackage.js';
import { describeWithConvertedModel } from '../support/convertedModel.js';

const script = 'tiny_nninteractive.py';

/** A graph with one input, run by graphProcess.mjs. */
function graphIn(file: string): Graph {
  const child = fork(path.join(import.meta.dirname, 'graphProcess.mjs'), [file], { serialization: 'advanced' });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The process of the graph ended with ${code}.`);
  });
  ended.catch(() => undefined);
  return {
    async run(feeds, output) {
      const [[input, { data, dims }]] = Object.entries(feeds) as [[string, (typeof feeds)[string]]];
      child.send({ input, data, dims, output });
      const [result] = (await Promise.race([once(child, 'message'), ended])) as [Float32Array];
      return { data: result, dims: [] };
    },
    release: async () => void child.kill(),
  };
}

describeWithConvertedModel('nnInteractive with random weights, against upstream’s session', script, (makeModels) => {
  it('marks what the session marks, click by click', async () => {
    const folder = path.join(await makeModels(), script);
    const { manifest } = await loadAnyPackage(folder);
    if (manifest.family !== 'nninteractive') throw new Error(`The family is ${manifest.family}.`);
    const { graph, runs } = watched(graphIn(path.join(folder, manifest.graph.file)));
    const runtime = { executionProvider: 'cpu', notes: [], open: async () => graph } as const;
    const segmenter = await openNninteractive(manifest, runtime);
    try {
      const scenes = readScenes('network');
      expect(scenes.flatMap(({ clicks }) => clicks.flatMap(({ windows }) => windows)).length).toBeGreaterThan(0);
      // Prompts are float16 upstream; where a logit is near 0, that decides.
      for (const scene of scenes) await expectScene(scene, segmenter, runs, { logits: 0.005, dice: 0.9995 });
    } finally {
      await segmenter.dispose();
    }
  });
});
