import { z } from 'zod';
import { cautionSchema } from './caution.js';
import { jobStates } from './jobState.js';
import { problemSchema } from './problem.js';
import { registrationModes, registrationSchema } from './registration.js';
import { resultQuerySchema } from './results.js';
import { targetViewSchema, vector3Schema } from './targetView.js';
import { uidSchema } from './uid.js';

/** What may differ between two acquisitions; each makes a change of volume less certain. */
export const protocolParts = [
  'sequence',
  'contrast',
  'orientation',
  'kernel',
  'slice-thickness',
  'region',
  'description',
  'pixel-spacing',
  'size',
] as const;
export type ProtocolPart = (typeof protocolParts)[number];

/** One difference between the earlier series and the later one. */
export const protocolDifferenceSchema = z.object({
  part: z.enum(protocolParts),
  /** As the images state it, with its unit; absent if they do not. */
  before: z.string().optional(),
  now: z.string().optional(),
  /** One English sentence. */
  text: z.string(),
});
export type ProtocolDifference = z.infer<typeof protocolDifferenceSchema>;

/** A series of the same patient from an earlier study. */
export const priorSchema = z.object({
  studyInstanceUID: uidSchema,
  seriesInstanceUID: uidSchema,
  /** Series Description (0008,103E); may be empty. */
  description: z.string(),
  /** Study Date (0008,0020) as 2026-01-31. */
  studyDate: z.string(),
  /** Calendar days from its study to the later one; 0 on the same day. */
  daysBefore: z.int().min(0),
  numberOfInstances: z.int().optional(),
  /** Most important first; empty if the images state the same protocol. */
  differences: z.array(protocolDifferenceSchema).readonly(),
});
export type Prior = z.infer<typeof priorSchema>;

/** Why a series of the archive cannot serve as the earlier one. */
export const unsuitableReasons = [
  'same-study',
  'other-patient',
  'no-date',
  'not-before',
  'other-modality',
  'other-region',
  'not-examined',
] as const;
export type UnsuitableReason = (typeof unsuitableReasons)[number];

/** `GET /segmentations/{id}/priors` */
export const priorsViewSchema = z.object({
  /** Nearest in protocol first, and of equally near ones the most recent; a comparison takes the first. */
  priors: z.array(priorSchema).readonly(),
  /** Other series that the archive files under the same patient. */
  leftOut: z.array(z.object({ reason: z.enum(unsuitableReasons), series: z.int(), text: z.string() })).readonly(),
});
export type PriorsView = z.infer<typeof priorsViewSchema>;

/** Body of `POST /segmentations/{id}/comparisons` */
export const comparisonRequestSchema = z.strictObject({
  /** Series Instance UID of the earlier series; absent: the first of `priors`. */
  seriesInstanceUID: uidSchema.optional(),
  /** As in the query of a comparison; of an earlier job that has completed. */
  registration: z.enum(registrationModes).optional(),
});

/** Query of `GET /segmentations/{id}/comparisons/{earlier}` and of what is exported from it. */
export const comparisonQuerySchema = resultQuerySchema.extend({
  /**
   * `rigid`: places are matched after a rigid registration of the images. `none`: only as the images state them, in one
   * frame of reference. Absent: `rigid` where instances of both times cannot be matched otherwise.
   */
  registration: z.enum(registrationModes).optional(),
});

const measuredSchema = z.object({
  volumeMl: z.number(),
  longestAxialDiameterMm: z.number().optional(),
  cautions: z.array(cautionSchema).readonly().optional(),
});
export type MeasuredAtATime = z.infer<typeof measuredSchema>;

/**
 * `in-both`: found at both times. `new`: found now, searched for and not found before. `no-longer-found`: the reverse.
 * `in-neither`: found at neither time. `not-searched`: one of the two jobs did not search for it.
 */
export const comparedStatuses = ['in-both', 'new', 'no-longer-found', 'in-neither', 'not-searched'] as const;

/**
 * Of the instances of a target of which there may be many: `merged`: several before, one now. `split`: the reverse.
 * `undecided`: several at both times whose places do not decide it.
 */
export const instanceStatuses = ['in-both', 'new', 'no-longer-found', 'merged', 'split', 'undecided'] as const;

const instanceChangeSchema = z.object({
  status: z.enum(instanceStatuses),
  /** Numbers of the instances in the findings of the two jobs. */
  before: z.array(z.int()).readonly(),
  now: z.array(z.int()).readonly(),
  /** Together; absent if there is none. */
  volumeMlBefore: z.number().optional(),
  volumeMlNow: z.number().optional(),
  /** Of the first one now, LPS mm. */
  centroidLps: vector3Schema.optional(),
});
export type InstanceChange = z.infer<typeof instanceChangeSchema>;

/** One structure at the two times, matched by its code, region and side. */
export const comparedFindingSchema = z.object({
  target: targetViewSchema,
  status: z.enum(comparedStatuses),
  before: measuredSchema.optional(),
  now: measuredSchema.optional(),
  /** Now minus before; only of a structure in both. */
  changeMl: z.number().optional(),
  /** Of the volume before: 0.1 is a tenth more. */
  changeFraction: z.number().optional(),
  /**
   * 95 of 100 pairs of rescans without a change differ by less, in per cent of the volume; only where it was measured
   * for the version of the model that ran both times.
   */
  repeatabilityPercent: z.number().optional(),
  /** Whether the change is within it. */
  isWithinRepeatability: z.boolean().optional(),
  /** Only of a target of which there may be many. */
  instances: z
    .object({
      before: z.int(),
      now: z.int(),
      /**
       * By place; absent if the two series have different frames of reference, so that places mean nothing, and no
       * registration is used.
       */
      changes: z.array(instanceChangeSchema).readonly().optional(),
    })
    .optional(),
});
export type ComparedFinding = z.infer<typeof comparedFindingSchema>;

const sideSchema = z.object({
  /** Id of the job. */
  job: z.uuid(),
  /** SOP Instance UID of the edited result whose figures are used; absent: the job's own. */
  edited: uidSchema.optional(),
  /** SOP Instance UID of the stored segmentation that these figures are of; absent if there is none. */
  result: uidSchema.optional(),
  /** Series Instance UID of that segmentation. */
  resultSeries: uidSchema.optional(),
});

/** The findings of a job beside those of the same targets on an earlier study. */
export const comparisonSchema = z.object({
  now: sideSchema,
  before: sideSchema.extend({
    state: z.enum(jobStates),
    /** Why it failed or was cancelled. */
    problem: problemSchema.optional(),
  }),
  prior: priorSchema,
  /** Different versions of the model: a change may come from the model. */
  modelsDiffer: z.boolean(),
  /** How the repeatability in the findings was measured; absent if it was not. */
  repeatability: z.string().optional(),
  /** Of the images, to match places; absent if none was asked for or needed. */
  registration: registrationSchema.optional(),
  /** Empty until the earlier job has completed. */
  findings: z.array(comparedFindingSchema).readonly(),
});
export type Comparison = z.infer<typeof comparisonSchema>;
