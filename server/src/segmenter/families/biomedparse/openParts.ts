import type { ManyOutputGraph, ManyOutputRuntime } from '../../onnxRuntime.js';
import { type ImageFeatures, openImageFeatures } from '../slices/imageFeatures.js';
import type { Biomedparse2dManifest } from './manifest2d.js';
import type { Biomedparse3dManifest } from './manifest3d.js';
import { type PromptTexts, readPromptTexts } from './promptTexts.js';

/** The opened parts of a package of either version. */
export interface OpenParts {
  readonly features: ImageFeatures;
  readonly promptGraph: ManyOutputGraph;
  readonly texts: PromptTexts;
  release(): Promise<void>;
}

/**
 * Opens the graphs and texts of a package; if one cannot be opened, those opened before it are released.
 * @throws PromptsegError `model-package-corrupt`
 */
export async function openParts(
  manifest: Biomedparse2dManifest | Biomedparse3dManifest,
  folder: string,
  runtime: ManyOutputRuntime,
): Promise<OpenParts> {
  const opened: { release(): Promise<void> }[] = [];
  const release = async () => {
    for (const each of opened) await each.release();
  };
  try {
    const features = await openImageFeatures(manifest.image, manifest.input.size, runtime);
    opened.push(features);
    const promptGraph = await runtime.open(manifest.prompt.file);
    opened.push(promptGraph);
    return { features, promptGraph, texts: await readPromptTexts(manifest.texts, folder, runtime), release };
  } catch (error) {
    await release();
    throw error;
  }
}
