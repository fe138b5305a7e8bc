import { z } from 'zod';
import { manifestIdentitySchema, packagePathSchema } from '../../manifestIdentity.js';
import { missingFiles, type PackageProblem } from '../packageProblem.js';

const tensorName = z.string().min(1).max(64);
const side = z.int().min(16).max(512);
const channel = z.int().min(0).max(15);

/** `model.json` of family 'nninteractive': one network that sees a window of the image and what was marked in it. */
export const nninteractiveManifestSchema = manifestIdentitySchema.extend({
  family: z.literal('nninteractive'),
  /** Columns, rows and slices that the network sees at once. */
  window: z.tuple([side, side, side]),
  /**
   * Input float32 [1, 1 + channels, slices, rows, columns]: the image, then the channels of prompts. Output float32
   * [slices, rows, columns]: the logit of what is part of the structure minus that of what is not.
   */
  graph: z.strictObject({ file: packagePathSchema, input: tensorName, output: tensorName }),
  /** Places among the channels of prompts. Those that are not named here stay 0. */
  channels: z.strictObject({
    count: z.int().min(3).max(16),
    /** The mask so far. */
    mask: channel,
    /** Clicks on what is part of it, and on what is not. */
    clicks: z.tuple([channel, channel]),
  }),
  clicks: z.strictObject({
    /** Of the ball that marks a click, in voxels. */
    radius: z.int().min(1).max(16),
    /** With each further click the earlier ones weigh less by this factor. */
    decay: z.number().gt(0).max(1),
  }),
  /** The window grows while the mask changes at its border. */
  zoom: z.strictObject({
    growth: z.number().gt(1).max(4),
    most: z.number().min(1).max(8),
    /** A change at a face of the window: of more voxels than `voxels`, or of a share of the mask there. */
    change: z.strictObject({
      voxels: z.int().min(0),
      leastVoxels: z.int().min(0),
      share: z.number().min(0),
    }),
  }),
  /** After zooming out, windows of the source's own voxels cover what has changed. */
  refinement: z.strictObject({
    /** Radius in voxels of the opening that removes changes too thin to be refined. */
    opening: z.int().min(0).max(16),
    /** What is closer to the border of a window is left to another one, in voxels. */
    margin: z.int().min(0).max(128),
    /** How often the grid of places for windows is halved if none is on a change. */
    halvings: z.int().min(0).max(8),
  }),
  memory: z.strictObject({
    /** Peak of the graph with one window, on the CPU, including weights, in bytes. */
    graphBytes: z.int().min(0),
  }),
});

export type NninteractiveManifest = z.infer<typeof nninteractiveManifestSchema>;

/**
 * Contradictions in a package.
 * @param files path inside the package → size in bytes
 */
export function nninteractiveProblems(
  { window, graph, channels, refinement }: NninteractiveManifest,
  files: ReadonlyMap<string, number>,
): readonly PackageProblem[] {
  const problems = [...missingFiles([graph.file], files)];
  const refuse = (message: string) => problems.push({ file: 'model.json', message });
  const places = [channels.mask, ...channels.clicks];
  if (new Set(places).size < places.length || places.some((place) => place >= channels.count))
    refuse('gives the mask and the clicks channels that are the same or not there');
  if (window.some((length) => length <= 2 * refinement.margin))
    refuse('leaves nothing of a window within the margin of the refinement');
  return problems;
}
