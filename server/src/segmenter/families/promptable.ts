import type { z } from 'zod';
import type { PackageRuntime } from '../onnxRuntime.js';
import type { ImagePrompts, PromptableSegmenter } from '../promptable.js';
import type { PackageProblem } from './packageProblem.js';

/** Everything that the server must know about a family of models that are prompted on the image and know no names. */
export interface PromptableFamily<Manifest> {
  /** Schema of `model.json`; its `family` is a literal. */
  readonly schema: z.ZodType<Manifest>;
  readonly takes: ImagePrompts;
  /** With clicks, it takes scribbles and lassos. */
  readonly strokes?: true;
  /** It has no graph, or one that gains nothing from a GPU, and always runs on the CPU. */
  readonly cpuOnly?: true;
  /**
   * Contradictions between the files of a package, beyond what the schema checks.
   * @param files path inside the package → size in bytes
   */
  readonly problems: (manifest: Manifest, files: ReadonlyMap<string, number>) => readonly PackageProblem[];
  /**
   * Opens a package.
   * @throws PromptsegError `model-package-corrupt`
   */
  readonly open: (manifest: Manifest, runtime: PackageRuntime) => Promise<PromptableSegmenter>;
}
