import type { z } from 'zod';
import type { Vocabulary } from '../../values/vocabulary.js';
import type { PackageRuntime } from '../onnxRuntime.js';
import type { Segmenter } from '../segmenter.js';
import type { PackageProblem } from './packageProblem.js';

/** Targets of a recognition that mark the same place: of those that compete, the best fit is kept. */
export interface Competition {
  /** Share of a target, 0–1, that may be inside a better one. */
  readonly overlap: number;
  /** Kinds of image in which a target was trained; targets compete within a kind. */
  readonly kindsOf: (targetId: string) => readonly string[];
}

/**
 * Everything that the server must know about a model family. `packages/families.ts` lists them; nothing else names one.
 */
export interface Family<Manifest> {
  /** Schema of `model.json`; its `family` is a literal. */
  readonly schema: z.ZodType<Manifest>;
  /**
   * Contradictions between the files of a package, beyond what the schema checks.
   * @param files path inside the package → size in bytes
   */
  readonly problems: (
    manifest: Manifest,
    vocabulary: Vocabulary,
    files: ReadonlyMap<string, number>,
  ) => readonly PackageProblem[];
  /** Whether its models can return a target's probability at each voxel; others return only masks. */
  readonly givesProbabilities: boolean;
  /**
   * Whether a model accepts words outside its vocabulary: its package has a text encoder for any text.
   */
  readonly readsFreeText?: (manifest: Manifest) => boolean;
  /** Side of the square images that its network takes, in pixels; absent for models that take volumes only. */
  readonly imageSize?: (manifest: Manifest) => number;
  /** Number of targets per run of its graph; absent: further targets take no further run. */
  readonly promptsPerRun?: (manifest: Manifest) => number;
  /** Ids of the targets of which a target is the union; absent, or empty: none. */
  readonly membersOf?: (manifest: Manifest, targetId: string) => readonly string[];
  /** Which targets of a recognition compete; absent: none. */
  readonly competition?: (manifest: Manifest, modality: string) => Competition;
  /** The manifest that reads the package's int8 graph, for the CPU; undefined if it has none. */
  readonly inInt8?: (manifest: Manifest) => Manifest | undefined;
  /** Its graph gains nothing from a GPU and always runs on the CPU. */
  readonly cpuOnly?: true;
  /**
   * Opens a package.
   * @param folder of the package
   * @throws PromptsegError `model-package-corrupt`
   */
  readonly open: (manifest: Manifest, folder: string, runtime: PackageRuntime) => Promise<Segmenter>;
}
