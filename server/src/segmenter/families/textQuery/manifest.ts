import { z } from 'zod';
import type { Vocabulary } from '../../../values/vocabulary.js';
import { type IntensityStep, intensityByModality, intensitySteps, intensityStepsFor } from '../../intensitySteps.js';
import { manifestIdentitySchema, packagePathSchema } from '../../manifestIdentity.js';
import { missingFiles, type PackageProblem } from '../packageProblem.js';

const count = z.int().min(1).max(4096);
const vector = <T extends z.ZodType>(item: T) => z.tuple([item, item, item]);
/** The source of the rows' embeddings, vectors of `dimension` float32. */
const embeddings = z.discriminatedUnion('kind', [
  /** `file`: rows.length × dimension float32, little endian, in the order of `rows`. */
  z.strictObject({ kind: z.literal('bank'), file: packagePathSchema, dimension: count }),
  /**
   * A text graph, run once when the model is opened. Input: int64 [rows, maximumTokens], the bytes of each row's text
   * in UTF-8, 0 after its end. Output: float32 [rows, dimension].
   */
  z.strictObject({
    kind: z.literal('text-graph'),
    file: packagePathSchema,
    tokenizer: z.literal('utf8-bytes'),
    maximumTokens: z.int().min(1).max(1024),
    input: z.string(),
    output: z.string(),
    dimension: count,
  }),
]);
export type EmbeddingSource = z.infer<typeof embeddings>;

/**
 * `model.json` of family 'text-query': one image network, queries made from text, one mask per query.
 *
 * rows     the texts (queries, base classes) that the model has an embedding or an output channel for
 * targets  for every target of vocabulary.json, the rows whose union it is; with 'sigmoid' exactly one
 *
 * Steps for a volume: resample to the model grid (`input`), normalise, cut into windows (`windows`), run the image
 * graph, compute logits of all rows (`mask`) and probabilities (`activation`), blend the windows (`windows.blend`),
 * restore to the source grid, decide (`decision`).
 */
export const textQueryManifestSchema = manifestIdentitySchema
  .extend({
    family: z.literal('text-query'),
    input: z.strictObject({
      /** Directions of the model's axes x, y, z in the patient. */
      orientation: z.enum(['RAS', 'LPS']),
      /** The image tensor is [1, 1, z, y, x] or [1, 1, x, y, z]. */
      tensorAxes: z.enum(['zyx', 'xyz']),
      /** mm along the model's x, y, z; null = as fine as the source grid. */
      spacing: vector(z.number().gt(0).max(20)).nullable(),
      /** Raw value of model voxels that are outside the source grid, before the normalisation. */
      outside: z.union([z.literal('minimum'), z.number()]),
      /** The steps for all modalities, or for each of `modalities`. */
      intensity: z.union([intensitySteps, intensityByModality]),
    }),
    windows: z.strictObject({
      /**
       * Voxels along x, y, z: the image graph always gets a window of exactly this size, unless `sizeMultiple` lets it
       * be smaller.
       */
      size: vector(count),
      /**
       * Along an axis that one window covers, the window is the smallest sufficient multiple of this; the graph must
       * accept every such size.
       */
      sizeMultiple: z.int().min(1).max(256).optional(),
      /** Distance between window starts; the last window is shifted back to end with the volume. */
      step: vector(count),
      /** Padding of a volume smaller than the window, in normalised intensity. */
      padding: z.strictObject({ value: z.number(), where: z.enum(['end', 'both-sides']) }),
      /** Weight of a voxel in its window: gaussian with sigma = size · sigmaFraction per axis, or the same for all. */
      blend: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('gaussian'), sigmaFraction: z.number().gt(0).max(10) }),
        z.strictObject({ kind: z.literal('uniform') }),
      ]),
      /**
       * Windows begin at multiples of this many voxels, counted from the patient's origin. The output of a network with
       * halved resolutions depends on where a window begins: the head model labelled 2.7 % of the voxels of a cut-out
       * differently than in the whole head, with multiples of 8 only 1.0 %. Absent: windows begin and end with the
       * image.
       */
      startMultiple: z.int().min(1).max(64).optional(),
      /**
       * Windows cover the smallest box with all voxels above `above` (normalised intensity), plus `margin` voxels on
       * all sides; nothing is found elsewhere. Absent: the whole grid.
       */
      foreground: z.strictObject({ above: z.number(), margin: z.int().min(0).max(1000) }).optional(),
      /**
       * Every window is run a second time, mirrored along x, and the mean of both outputs is used. In the second run
       * the rows of a pair are swapped: left in the mirror image is on the right.
       */
      mirrored: z.strictObject({ pairs: z.array(z.tuple([z.string(), z.string()])).max(2048) }).optional(),
    }),
    image: z.strictObject({
      file: packagePathSchema,
      input: z.string(),
      /** Name of the output: float32 [1, channels, …window], at the window's own resolution, or the probabilities. */
      output: z.string(),
      /** Absent with the mask kind 'in-image-graph', whose features nobody sees. */
      channels: count.optional(),
      /**
       * The same graph with convolutions in int8. It runs on the CPU instead of `file` where it is faster and its masks
       * of the golden volume agree with the expected ones with a Dice coefficient of `minimumDice`.
       */
      int8: z.strictObject({ file: packagePathSchema, minimumDice: z.number().min(0.5).max(1) }).optional(),
    }),
    rows: z.array(z.string().min(1).max(200)).min(1).max(4096),
    targets: z.record(z.string(), z.array(z.string()).min(1)),
    mask: z.discriminatedUnion('kind', [
      /** The image graph's channels are the logits of the rows, in their order. */
      z.strictObject({ kind: z.literal('channels') }),
      /** logit = scale · ⟨features of the voxel, embedding⟩ + bias, computed here. */
      z.strictObject({ kind: z.literal('dot-product'), embeddings, scale: z.number(), bias: z.number() }),
      /** A graph: features and float32 [n, dimension] queries in, float32 [1, n, …window] logits out. */
      z.strictObject({
        kind: z.literal('graph'),
        embeddings,
        file: packagePathSchema,
        featuresInput: z.string(),
        queriesInput: z.string(),
        output: z.string(),
      }),
      /**
       * A graph that applies `activation` too: features and float32 [n, dimension] queries in, float32 [voxels of the
       * window, columns] probabilities out, with a column per query and, with 'zero-logit', a last one for the
       * background. ONNX Runtime's softmax is quicker than ours, and channels side by side are what the blending needs.
       */
      z.strictObject({
        kind: z.literal('probability-graph'),
        embeddings,
        file: packagePathSchema,
        featuresInput: z.string(),
        queriesInput: z.string(),
        output: z.string(),
      }),
      /**
       * The image graph takes the queries too, and its output is the probabilities of 'probability-graph'. Features
       * stay in ONNX Runtime, whose binding copies outputs: 15 % (`head`) and 16 % (`body`) less processor time of a
       * window in int8, and 0.4 to 0.5 GB less memory.
       */
      z.strictObject({ kind: z.literal('in-image-graph'), embeddings, queriesInput: z.string() }),
    ]),
    activation: z.discriminatedUnion('kind', [
      /** Every row separately: 1 / (1 + exp(−logit)). */
      z.strictObject({ kind: z.literal('sigmoid') }),
      /**
       * All rows compete at every voxel, requested or not, so that a target's mask does not depend on other targets of
       * the request. With 'zero-logit' an unnamed background with logit 0 competes too. A target has the sum of its
       * rows.
       */
      z.strictObject({ kind: z.literal('softmax'), background: z.enum(['zero-logit', 'none']) }),
    ]),
    /**
     * threshold: a voxel belongs to a target if its probability exceeds `threshold`. argmax (softmax only): a voxel
     * belongs to the target that contains the most probable row, unless that is the background. The rows in `connected`
     * form one connected whole, such as a brain: a part smaller than `smallestPart` of the largest one is dropped,
     * unless it touches the edge of the image, where it may be connected outside.
     */
    decision: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('threshold'), threshold: z.number().gt(0).lt(1) }),
      z.strictObject({
        kind: z.literal('argmax'),
        connected: z
          .strictObject({ rows: z.array(z.string()).min(1).max(4096), smallestPart: z.number().gt(0).max(1) })
          .optional(),
      }),
    ]),
    /** A target is found if its mask has at least this volume and, if given, some voxel reaches `probability`. */
    existence: z.strictObject({
      minimumVolumeMl: z.number().min(0),
      probability: z.number().gt(0).lt(1).optional(),
    }),
    memory: z.strictObject({
      /** Measured peak of one run of the graphs on one window, on the CPU, including weights, in bytes. */
      graphBytes: z.int().min(0),
    }),
  })
  .superRefine((manifest, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const rows = new Set(manifest.rows);
    if (rows.size !== manifest.rows.length) refuse(['rows'], 'names a row twice');
    for (const [target, members] of Object.entries(manifest.targets)) {
      if (new Set(members).size !== members.length) refuse(['targets', target], 'names a row twice');
      for (const row of members) if (!rows.has(row)) refuse(['targets', target], `names "${row}", which is not a row`);
      if (manifest.activation.kind === 'sigmoid' && members.length > 1)
        refuse(['targets', target], 'has several rows, which needs the activation softmax');
    }
    if (manifest.decision.kind === 'argmax' && manifest.activation.kind !== 'softmax')
      refuse(['decision'], 'is argmax, which needs the activation softmax');
    if (manifest.decision.kind === 'argmax')
      for (const row of manifest.decision.connected?.rows ?? [])
        if (!rows.has(row)) refuse(['decision', 'connected', 'rows'], `name "${row}", which is not a row`);
    if ((manifest.image.channels === undefined) !== (manifest.mask.kind === 'in-image-graph'))
      refuse(['image', 'channels'], 'must be there, except with the mask kind "in-image-graph"');
    if (manifest.mask.kind === 'channels' && manifest.image.channels !== manifest.rows.length)
      refuse(['image', 'channels'], `must be the number of rows, ${manifest.rows.length}`);
    if (manifest.mask.kind === 'dot-product' && manifest.mask.embeddings.dimension !== manifest.image.channels)
      refuse(['mask', 'embeddings', 'dimension'], `must be the number of channels, ${manifest.image.channels}`);
    const { intensity } = manifest.input;
    if (!Array.isArray(intensity) && Object.keys(intensity).sort().join() !== [...manifest.modalities].sort().join())
      refuse(['input', 'intensity'], 'must have steps for each of the modalities and for no other');
    const { startMultiple = 1, step } = manifest.windows;
    if (startMultiple > 1 && manifest.input.spacing === null)
      refuse(['windows', 'startMultiple'], 'needs an input.spacing: source voxels may be anywhere in the patient');
    if (manifest.windows.size.some((each) => each % (manifest.windows.sizeMultiple ?? 1) !== 0))
      refuse(['windows', 'size'], 'must be multiples of sizeMultiple');
    if (step.some((each) => each % startMultiple !== 0))
      refuse(['windows', 'step'], 'must be multiples of startMultiple');
    const paired = manifest.windows.mirrored?.pairs.flat() ?? [];
    if (new Set(paired).size !== paired.length) refuse(['windows', 'mirrored', 'pairs'], 'name a row twice');
    for (const row of paired)
      if (!rows.has(row)) refuse(['windows', 'mirrored', 'pairs'], `name "${row}", which is not a row`);
    for (const axis of [0, 1, 2] as const)
      if (manifest.windows.step[axis] > manifest.windows.size[axis])
        refuse(['windows', 'step', axis], 'is greater than the window: voxels would be left out');
  });

export type TextQueryManifest = z.infer<typeof textQueryManifestSchema>;

/** See Family. */
export function inInt8(manifest: TextQueryManifest): TextQueryManifest | undefined {
  const { image } = manifest;
  if (image.int8 === undefined) return undefined;
  const { file, minimumDice } = image.int8;
  return { ...manifest, image: { ...image, file }, selfTest: { minimumDice } };
}

/** The normalisation for a modality; undefined if the model does not serve it. */
export function intensityStepsOf(
  { input: { intensity } }: TextQueryManifest,
  modality: string,
): readonly IntensityStep[] | undefined {
  return Array.isArray(intensity) ? intensity : intensityStepsFor(intensity, modality);
}

/**
 * Contradictions within a package: targets without rows, files that are missing or have the wrong size.
 *
 * @param files path inside the package → size in bytes
 */
export function textQueryProblems(
  { targets, rows, image, mask }: TextQueryManifest,
  vocabulary: Vocabulary,
  files: ReadonlyMap<string, number>,
): readonly PackageProblem[] {
  const problems: PackageProblem[] = [];
  const ids = new Set(vocabulary.targets.map(({ id }) => id));
  for (const id of ids)
    if (!Object.hasOwn(targets, id))
      problems.push({ file: 'model.json', message: `has no rows for the target "${id}"` });
  for (const id of Object.keys(targets))
    if (!ids.has(id))
      problems.push({ file: 'model.json', message: `has rows for "${id}", which is not in vocabulary.json` });

  const named = [image.file];
  if (image.int8 !== undefined) named.push(image.int8.file);
  if (mask.kind === 'graph' || mask.kind === 'probability-graph') named.push(mask.file);
  if (mask.kind !== 'channels') named.push(mask.embeddings.file);
  problems.push(...missingFiles(named, files));

  if (mask.kind !== 'channels' && mask.embeddings.kind === 'bank') {
    const { file, dimension } = mask.embeddings;
    const bytes = rows.length * dimension * 4;
    if (files.has(file) && files.get(file) !== bytes)
      problems.push({ file, message: `must have ${rows.length} rows of ${dimension} float32, ${bytes} bytes` });
  }
  return problems;
}

/** The targets, each a part of this one, that together have all its rows; none if there are no such. */
export function membersOf({ targets }: TextQueryManifest, targetId: string): readonly string[] {
  const rows = new Set(targets[targetId]);
  const members = Object.entries(targets).filter(
    ([, own]) => own.length < rows.size && own.every((row) => rows.has(row)),
  );
  const covered = new Set(members.flatMap(([, own]) => own));
  return covered.size === rows.size ? members.map(([id]) => id) : [];
}
