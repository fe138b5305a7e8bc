import { z } from 'zod';
import { codedConceptSchema, vector3Schema } from './targetView.js';

/** Another structure of the same result, by name and code. */
const otherSchema = z.object({
  name: z.string(),
  code: codedConceptSchema,
  laterality: z.enum(['left', 'right', 'both']).optional(),
});
export type OtherStructure = z.infer<typeof otherSchema>;

export const patientSides = ['right', 'left', 'front', 'back', 'feet', 'head'] as const;

/** A place to look at: a slice of the source, its image, and a point on it. */
const placeSchema = z.object({
  /** Counted from 0 along the source grid, as in `boundingBox`. */
  slice: z.int(),
  /** SOP Instance UID of the slice's image; absent for a NIfTI file. */
  sopInstanceUID: z.string().optional(),
  /** 1-based frame of a multi-frame image. */
  frameNumber: z.int().optional(),
  /** LPS mm. */
  position: vector3Schema,
});
export type Place = z.infer<typeof placeSchema>;

const caution = <const Code extends string, Figures extends z.ZodRawShape>(code: Code, figures: Figures) =>
  z.object({
    code: z.literal(code),
    /** One or two English sentences. */
    text: z.string(),
    /** Where to look. */
    places: z.array(placeSchema).readonly().optional(),
    ...figures,
  });

const fraction = z.number().min(0).max(1);

/** A reason to doubt a finding, with the figures in its sentence. It never removes the finding. */
export const cautionSchema = z.discriminatedUnion('code', [
  /** The structure touches the edge of the images on these sides of the patient. */
  caution('cut-off', { sides: z.array(z.enum(patientSides)).readonly() }),
  /** The structure is on only `count` slices. */
  caution('few-slices', { count: z.int() }),
  /** `count` pieces of a structure that is one piece in everybody; the largest has `share` of its voxels. */
  caution('pieces', { count: z.int(), share: fraction }),
  /** Cavities in a structure that is solid in everybody. */
  caution('holes', { count: z.int(), volumeMl: z.number() }),
  /** A left or right structure is beyond its counterpart (`other`), or beyond the middle of the body. */
  caution('wrong-side', { distanceMm: z.number(), other: otherSchema.optional() }),
  /** A larger or smaller volume than in anybody, from newborns to diseased adults. */
  caution('volume-impossible', { volumeMl: z.number(), least: z.number(), most: z.number() }),
  /** A volume outside the range that a study measured in adults. */
  caution('volume-outside-adults', {
    volumeMl: z.number(),
    least: z.number(),
    most: z.number(),
    source: z.string(),
  }),
  /** Left and right differ by a factor that almost nobody has. */
  caution('sides-differ', { factor: z.number(), other: otherSchema }),
  /** The structure that encloses it in everybody is missing or elsewhere. */
  caution('not-enclosed', { other: otherSchema }),
  /** None of its parts was found, though everybody has them. */
  caution('parts-missing', { others: z.array(otherSchema).readonly() }),
  /** Shares voxels with a structure that cannot be in the same place. */
  caution('overlap', { other: otherSchema, share: fraction }),
  /** Larger than the structure that it is part of. */
  caution('larger-than-whole', { other: otherSchema }),
  /** `share` of it is outside the structure that it is part of. */
  caution('outside-whole', { other: otherSchema, share: fraction }),
  /** In CT: bone in only `share` of the directions around a structure that should be in the skull. */
  caution('no-bone-around', { share: fraction }),
  /** The body around a structure of the head is wider than any head. */
  caution('body-too-wide', { widthMm: z.number() }),
  /** The image shows other parts of the body than its Body Part Examined (0018,0015) names. */
  caution('other-body-part', { stated: z.string(), shown: z.array(z.string()).readonly() }),
  /** The image looks like another modality than its Modality (0008,0060). */
  caution('other-modality', { stated: z.string(), shown: z.string() }),
  /** By the attributes of the image, the patient's head and front are on these sides. */
  caution('turned', { head: z.enum(patientSides), front: z.enum(patientSides) }),
  /** A sentence from an earlier version of Promptseg, which recorded no figures. */
  caution('earlier-version', {}),
]);
export type Caution = z.infer<typeof cautionSchema>;
export type CautionCode = Caution['code'];
