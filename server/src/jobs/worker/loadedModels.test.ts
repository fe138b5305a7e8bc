import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ModelPackage } from '../../segmenter/packages/modelPackage.js';
import { createLoadedModels, type LoadedModels } from './loadedModels.js';

let folder: string;
let events: string[];
let models: LoadedModels;

/** Three packages of 1000 bytes, of which two fit. */
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-models-'));
  for (const name of ['a', 'b', 'c']) {
    await mkdir(path.join(folder, name, 'graphs'), { recursive: true });
    await writeFile(path.join(folder, name, 'graphs', 'net.onnx'), Buffer.alloc(1000));
  }
  events = [];
  const note = (what: string, model: string): void => void events.push(`${what} ${path.basename(model)}`);
  models = createLoadedModels({
    budgetBytes: 2500,
    async load(of) {
      note('load', of);
      return { folder: of } as ModelPackage;
    },
    async create({ folder: of }) {
      note('open', of);
      return { segment: () => Promise.reject(new Error('not asked')), dispose: async () => note('close', of) };
    },
    createPromptable: () => Promise.reject(new Error('not asked')),
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const use = async (name: string): Promise<void> => {
  await models.segmenterOf((await models.open(path.join(folder, name))) as ModelPackage);
};

describe('loaded models', () => {
  it('stay while they fit', async () => {
    for (const name of ['a', 'b', 'a', 'b']) await use(name);
    expect(events).toEqual(['load a', 'open a', 'load b', 'open b']);
  });

  it('make room, the longest unused first, before another is loaded', async () => {
    for (const name of ['a', 'b', 'a', 'c']) await use(name);
    expect(events.slice(4)).toEqual(['close b', 'load c', 'open c']);
  });

  it('make room for one that is larger than the budget, which is loaded all the same', async () => {
    for (const name of ['a', 'b']) await use(name);
    await writeFile(path.join(folder, 'c', 'graphs', 'net.onnx'), Buffer.alloc(9000));
    await use('c');
    await use('a');
    expect(events.slice(4)).toEqual(['close a', 'close b', 'load c', 'open c', 'close c', 'load a', 'open a']);
  });
});
