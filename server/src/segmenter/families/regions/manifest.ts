import { z } from 'zod';
import { manifestIdentitySchema } from '../../manifestIdentity.js';

/** `model.json` of family 'regions': there are no graphs, only the numbers of applyPrompt.ts. */
export const regionsManifestSchema = manifestIdentitySchema.extend({
  family: z.literal('regions'),
  settings: z.strictObject({
    /** How far around a click the mask may change, in depths of the click: its distance to where the mask differs. */
    reach: z.number().min(1).max(10),
    /** The same in mm where there is no mask nearby. */
    reachFromNothing: z.number().min(1).max(500),
    /** However deep the click is, no farther than this, in mm. */
    largestReach: z.number().min(1).max(500),
    /** The reach grows by this factor while more than this share of the change's border is between what looks alike. */
    growth: z.number().gt(1).max(4),
    /** Where there is a mask nearby, it grows at most by this factor in all. */
    mostGrowth: z.number().min(1).max(20),
    openBorder: z.number().min(0).max(1),
    /** Within so many depths of the click, everything is taken to be as the click says. */
    ball: z.number().min(0).max(1),
    /** How much unlikely grey values slow a front down, and the greatest likelihood ratio, as a logarithm. */
    likelihood: z.number().min(0).max(100),
    greatestRatio: z.number().gt(0).max(10),
    /** What crossing an edge of one standard deviation costs, in reaches. */
    edge: z.number().min(0).max(10),
    /** How often the surface is smoothed. */
    smoothings: z.int().min(0).max(8),
    /** A block with more voxels does not grow. */
    mostVoxels: z.int().min(1000).max(50_000_000),
  }),
});

export type RegionsManifest = z.infer<typeof regionsManifestSchema>;
export type RegionsSettings = RegionsManifest['settings'];
