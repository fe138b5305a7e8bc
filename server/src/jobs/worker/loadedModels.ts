import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AnyPackage, ModelPackage, PromptablePackage } from '../../segmenter/packages/modelPackage.js';
import type { PromptableSegmenter } from '../../segmenter/promptable.js';
import type { Segmenter } from '../../segmenter/segmenter.js';

/** Models that stay loaded between jobs; the least recently used is dropped first. */
export interface LoadedModels {
  /**
   * The package in the folder; its checksums were verified when it was loaded. @throws PromptsegError
   * `model-package-corrupt`
   */
  open(folder: string): Promise<AnyPackage>;
  /** The segmenter of an opened package. @throws PromptsegError of `createSegmenter` */
  segmenterOf(model: ModelPackage): Promise<Segmenter>;
  /** The same for a model that takes boxes. @throws PromptsegError of `createPromptableSegmenter` */
  promptableOf(model: PromptablePackage): Promise<PromptableSegmenter>;
}

interface LoadedModel {
  readonly model: AnyPackage;
  readonly bytes: number;
  segmenter?: { dispose(): Promise<void> };
}

/**
 * @param options.budgetBytes for all loaded models together. A model counts with the size of its files, which is close
 * to the memory that ONNX Runtime needs for its weights. The model that a job needs is loaded even if it alone exceeds
 * the budget.
 */
export function createLoadedModels({
  budgetBytes,
  load,
  create,
  createPromptable,
}: {
  readonly budgetBytes: number;
  readonly load: (folder: string) => Promise<AnyPackage>;
  readonly create: (model: ModelPackage) => Promise<Segmenter>;
  readonly createPromptable: (model: PromptablePackage) => Promise<PromptableSegmenter>;
}): LoadedModels {
  /** By folder; the most recently used is last. */
  const loaded = new Map<string, LoadedModel>();

  async function makeRoomFor(bytes: number): Promise<void> {
    let total = bytes + [...loaded.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [folder, entry] of loaded) {
      if (total <= budgetBytes) return;
      loaded.delete(folder);
      total -= entry.bytes;
      await entry.segmenter?.dispose();
    }
  }

  /** Keyed by package, so it is always the kind of segmenter that `create` made for it. */
  async function opened<Model extends AnyPackage, Opened extends { dispose(): Promise<void> }>(
    model: Model,
    create: (model: Model) => Promise<Opened>,
  ): Promise<Opened> {
    const entry = loaded.get(model.folder);
    if (entry === undefined) throw new RangeError('The model was not opened.');
    entry.segmenter ??= await create(model);
    return entry.segmenter as Opened;
  }

  return {
    async open(folder) {
      const known = loaded.get(folder);
      if (known === undefined) {
        const bytes = await sizeOf(folder);
        await makeRoomFor(bytes);
        const model = await load(folder);
        loaded.set(folder, { model, bytes });
        return model;
      }
      loaded.delete(folder);
      loaded.set(folder, known);
      return known.model;
    },

    segmenterOf: (model) => opened(model, create),
    promptableOf: (model) => opened(model, createPromptable),
  };
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((file) => stat(path.join(file.parentPath, file.name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
