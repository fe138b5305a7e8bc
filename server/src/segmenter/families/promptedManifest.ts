import { z } from 'zod';
import { packagePathSchema } from '../manifestIdentity.js';
import type { PackageProblem } from './packageProblem.js';

export const count = z.int().min(1).max(4096);

/** The part of `model.json` about a network that is prompted by queries (SAT, VoxTell). */
export const promptedFields = {
  /** Voxels along x, y, z. */
  window: z.tuple([count, count, count]),
  /**
   * The network: `image` float32 [1, 1, z, y, x] and `queries` float32 [prompts, dimension] to `output` float32
   * [z, y, x, prompts]. Prompts do not influence each other, so they may be split into any number of runs.
   */
  graph: z.strictObject({
    file: packagePathSchema,
    image: z.string(),
    queries: z.string(),
    output: z.string(),
    /** Further prompts are run separately, each time with the image. */
    promptsPerRun: z.int().min(1).max(256),
  }),
  threshold: z.number().gt(0).lt(1),
  existence: z.strictObject({ minimumVolumeMl: z.number().min(0) }),
  memory: z.strictObject({
    /** Peak of one run of the graph without prompts, on the CPU, including weights, in bytes. */
    graphBytes: z.int().min(0),
    /** What each prompt of a run adds. */
    bytesPerPrompt: z.int().min(0),
  }),
};

/** A file of queries in order, `dimension` float32 each, little endian. */
export const queryBank = z.strictObject({ kind: z.literal('bank'), file: packagePathSchema, dimension: count });

/**
 * @param queries number of queries that the bank must have
 * @param what each of them is for: "term"
 */
export function bankOfWrongSize(
  { file, dimension }: z.infer<typeof queryBank>,
  queries: number,
  what: string,
  files: ReadonlyMap<string, number>,
): readonly PackageProblem[] {
  const bytes = 4 * queries * dimension;
  if (!files.has(file) || files.get(file) === bytes) return [];
  return [{ file, message: `must have ${bytes} bytes, ${dimension} float32 for each ${what}` }];
}
