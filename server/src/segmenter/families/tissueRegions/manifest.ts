import { z } from 'zod';
import type { Vocabulary } from '../../../values/vocabulary.js';
import { manifestIdentitySchema, packagePathSchema } from '../../manifestIdentity.js';
import { missingFiles, type PackageProblem } from '../packageProblem.js';

const millimetres = z.number().gt(0).max(100);
const millilitres = z.number().gt(0).max(5000);
const share = z.number().min(0).max(1);
const tissueName = z.string().regex(/^[a-z][A-Za-z]*$/);

/** The regions that the operations find; for their support levels see `regions.ts`. */
export const regionNames = [
  'body',
  'leftLung',
  'rightLung',
  'airways',
  'otherAir',
  'bone',
  'fat',
  'softTissue',
  'metal',
] as const;
/** The tissues that the operations need by name; a manifest may have more. */
export const requiredTissues = ['gas', 'aerated', 'interface', 'fat', 'enhanced', 'bone', 'cortical', 'metal'] as const;

export type RegionName = (typeof regionNames)[number];

/**
 * `model.json` of family 'tissue-regions': an ONNX graph assigns a tissue code to every voxel, named operations on a
 * coarse grid find the regions of the body, and a target is certain tissues inside one region.
 */
export const tissueRegionsManifestSchema = manifestIdentitySchema
  .extend({
    family: z.literal('tissue-regions'),
    graph: z.strictObject({
      file: packagePathSchema,
      /** Input of int16 HU, output of uint8 tissue codes, both [slices, 1, rows, columns]. */
      input: z.string().min(1),
      output: z.string().min(1),
      /** Slices per run of the graph, which must process each slice separately. */
      slicesPerRun: z.int().min(1).max(64),
    }),
    /** Name and lower bound in HU of every tissue code, in the order of the codes; code 0 has no bound. */
    tissues: z
      .array(z.strictObject({ name: tissueName, fromHU: z.number().optional() }))
      .min(2)
      .max(16),
    operations: z.strictObject({
      /** Cells of the coarse grid are blocks of whole voxels, with edges as close to this length as possible. */
      coarseGrid: z.strictObject({ edgeMm: millimetres }),
      /**
       * Opening removes the table. A body part is thicker than twice `thicknessMm` in some place, and not too small.
       */
      body: z.strictObject({ openingMm: millimetres, thicknessMm: millimetres, minimumMl: millilitres }),
      /**
       * A lung cut by the first or last slice may be smaller. Closing adds the vessels; holes up to a size are filled.
       */
      lungs: z.strictObject({
        minimumMl: millilitres,
        minimumCutMl: millilitres,
        closingMm: millimetres,
        largestHoleMl: millilitres,
      }),
      /** The trachea is a stack of round gas areas near the midline; from it the lumen is followed until it leaks. */
      airways: z.strictObject({
        smallestAreaMm2: z.number().gt(0),
        largestAreaMm2: z.number().gt(0),
        midlineMm: millimetres,
        tracheaMm: millimetres,
        /** The lumen has leaked if its cross-section exceeds the trachea's by this factor. */
        leakFactor: z.number().gt(1).max(10),
      }),
      otherAir: z.strictObject({ minimumMl: millilitres }),
      /**
       * A piece of bone has at least this share of cortical cells. Closing, and filling of holes that are mostly fat or
       * spongy, add the marrow.
       */
      bone: z.strictObject({
        minimumMl: millilitres,
        corticalShare: share,
        closingMm: millimetres,
        largestMarrowMm2: z.number().gt(0),
        marrowShare: share,
      }),
    }),
    targets: z
      .array(
        z.strictObject({
          /** Id in vocabulary.json. */
          id: z.string(),
          region: z.enum(regionNames),
          /** Tissues that count at each support level of the region, level 1 first; `all` for every voxel. */
          tissues: z
            .array(z.union([z.literal('all'), z.array(tissueName)]))
            .min(1)
            .max(3),
          /** Less than this is reported as not found. */
          minimumMl: millilitres,
        }),
      )
      .min(1),
  })
  .superRefine((manifest, context) => {
    const known = new Set(manifest.tissues.map(({ name }) => name));
    for (const name of requiredTissues)
      if (!known.has(name))
        context.addIssue({ code: 'custom', path: ['tissues'], message: `the operations need a tissue named ${name}` });
    manifest.tissues.forEach(({ fromHU }, code) => {
      const before = code === 0 ? undefined : (manifest.tissues[code - 1]?.fromHU ?? Number.NEGATIVE_INFINITY);
      const ordered = before === undefined ? fromHU === undefined : fromHU !== undefined && fromHU > before;
      if (!ordered)
        context.addIssue({ code: 'custom', path: ['tissues', code], message: 'the bounds in HU do not ascend' });
    });
    manifest.targets.forEach(({ tissues }, index) => {
      for (const name of tissues.flat())
        if (name !== 'all' && !known.has(name))
          context.addIssue({ code: 'custom', path: ['targets', index], message: `no tissue is named ${name}` });
    });
  });

export type TissueRegionsManifest = z.infer<typeof tissueRegionsManifestSchema>;
export type RegionOperations = TissueRegionsManifest['operations'];

/** Contradictions between the files of a package. @param files path inside the package → size in bytes */
export function tissueRegionsProblems(
  manifest: TissueRegionsManifest,
  vocabulary: Vocabulary,
  files: ReadonlyMap<string, number>,
): readonly PackageProblem[] {
  const problems: PackageProblem[] = [...missingFiles([manifest.graph.file], files)];
  const rules = manifest.targets.map(({ id }) => id);
  const terms = vocabulary.targets.map(({ id }) => id);
  for (const id of terms)
    if (!rules.includes(id))
      problems.push({ file: 'model.json', message: `has no rule for the target "${id}" of vocabulary.json` });
  for (const [index, id] of rules.entries()) {
    if (!terms.includes(id))
      problems.push({ file: 'vocabulary.json', message: `lacks the target "${id}" of model.json` });
    if (rules.indexOf(id) !== index)
      problems.push({ file: 'model.json', message: `has two rules for the target "${id}"` });
  }
  return problems;
}
