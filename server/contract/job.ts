import { z } from 'zod';
import { actorSchema } from './actor.js';
import { deliverySchema } from './delivery.js';
import { executionProviderSchema } from './executionProvider.js';
import { findingSchema, foundFindingSchema, targetViewSchema } from './finding.js';
import { refinementSchema } from './imagePrompts.js';
import { imageShowsSchema } from './imageShows.js';
import { jobStates, priorities, reviewStates, stages } from './jobState.js';
import { problemSchema } from './problem.js';
import { promptTextsSchema } from './promptTexts.js';
import { slideRegionSchema } from './slideRegion.js';
import { uidSchema } from './uid.js';

/** The archive of the images. Results always go there; other destinations get them from it. */
export const sourceDestination = 'source';

/** Name of a destination in the settings. */
export const destinationNameSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+([-_][a-z0-9]+)*$/i, 'is not the name of a destination');

/** Objects to store. The segmentation is always stored. */
export const outputSchema = z.strictObject({
  /**
   * Absent: binary, or a label map if viewers could not show a binary one (docs/use/viewers.md). `fractional` needs a
   * model with probabilities; a `labelmap` cannot contain overlapping targets.
   */
  segmentation: z.enum(['binary', 'labelmap', 'fractional']).optional(),
  /** A structured report (TID 1500) with the measurements of every found target. */
  measurementReport: z.boolean().optional(),
  /** An RT Structure Set with the contours of every found target. */
  rtStructureSet: z.boolean().optional(),
  /** A picture of the result (three planes, names, volumes) as Secondary Capture, for a PACS that shows no SEG. */
  secondaryCapture: z.boolean().optional(),
  /** A report on one page as Encapsulated PDF, for the same. */
  report: z.boolean().optional(),
  /** The outlines as a Grayscale Softcopy Presentation State, for the same. */
  presentationState: z.boolean().optional(),
});

/** Determines which targets of the prompts the series shows ("everything": all that the model knows). */
export const recognizeSchema = z.strictObject({
  /** Targets not checked by then are listed in `recognition.unanswered`. Default: 300. */
  withinSeconds: z.int().min(1).max(86_400).optional(),
  /** Whether to store found targets, as `output` specifies; otherwise the job has findings only. */
  store: z.boolean().optional(),
});

/** Body of `POST /api/v1/segmentations`. */
export const segmentationRequestSchema = z.strictObject({
  studyInstanceUID: uidSchema,
  seriesInstanceUID: uidSchema,
  /** Free text; each may name several targets. */
  prompts: promptTextsSchema,
  /** Id of a model package; absent: chosen by modality and prompts. */
  model: z.string().min(1).max(100).optional(),
  /** Runs the model even if it is made for other body parts than the series states. */
  anyway: z.boolean().optional(),
  /**
   * Runs the understood part of the text; the rest becomes refused findings. Absent: a partly understood request is
   * refused (`prompt-partly-understood`).
   */
  allowPartial: z.boolean().optional(),
  /**
   * Id of the stack of slices if the series has several (echoes, phases, …), or, for single images (radiographs,
   * ultrasound, photographs) and for the levels of a whole slide, id or SOP Instance UID of the image. Absent: chosen
   * by rule.
   */
  stack: z.string().min(1).max(64).optional(),
  /** For a whole slide: the rectangle to segment. Absent: the whole level. */
  region: slideRegionSchema.optional(),
  output: outputSchema.optional(),
  recognize: recognizeSchema.optional(),
  /** For targets of which there may be many: instead of the settings of the model package. */
  instances: z
    .strictObject({
      /** Smaller connected parts are not listed. */
      minimumMl: z.number().min(0).max(1000).optional(),
      /** Parts that come as near as this count as one. */
      mergeMm: z.number().min(0).max(20).optional(),
    })
    .optional(),
  /**
   * `interactive` jobs, for which a person waits, run before `routed` jobs of rules, and these before a `backfill`.
   * Absent: interactive.
   */
  priority: z.enum(priorities).optional(),
  /** Further destinations of the results; the archive of the images (`source`) always gets them. */
  destinations: z
    .array(destinationNameSchema)
    .max(20)
    .refine((names) => new Set(names).size === names.length, 'names a destination twice')
    .optional(),
  /** Further destinations get the results once they are accepted ({@link reviewSchema}), and not before. */
  holdUntilAccepted: z.boolean().optional(),
});
export type SegmentationRequest = z.infer<typeof segmentationRequestSchema>;

/** Progress of a running job. */
export const progressSchema = z.object({
  /** 0–1 within the current stage; absent if the stage has no measure. */
  fraction: z.number().min(0).max(1).optional(),
  /** For display: "window 3 of 12". */
  message: z.string().optional(),
});
export type Progress = z.infer<typeof progressSchema>;

const storedObjectSchema = z.object({
  seriesInstanceUID: uidSchema,
  sopInstanceUID: uidSchema,
  sopClassUID: uidSchema,
  seriesDescription: z.string(),
  bytes: z.int(),
});

/** Objects that can be stored beside a segmentation. */
const companionKinds = [
  'measurement-report',
  'rt-structure-set',
  'secondary-capture',
  'report',
  'presentation-state',
] as const;
export type CompanionKind = (typeof companionKinds)[number];

/** The stored segmentation, and the other requested objects. */
export const storedResultSchema = storedObjectSchema.extend({
  studyInstanceUID: uidSchema,
  alsoStored: z.array(storedObjectSchema.extend({ kind: z.enum(companionKinds) })).readonly(),
});
export type StoredResult = z.infer<typeof storedResultSchema>;

/** A segment of an edited segmentation, with new measurements. */
export const editedFindingSchema = foundFindingSchema.extend({
  /** Compared with the predecessor, which does not have an `added` segment. */
  change: z.enum(['unchanged', 'edited', 'added']),
  /** Index in the job's `findings` of this segment's origin; absent for an added one. */
  findingIndex: z.int().min(0).optional(),
});
export type EditedFinding = z.infer<typeof editedFindingSchema>;

/** A segmentation that was edited in a viewer and stored as a new object. */
export const editedResultSchema = storedObjectSchema.extend({
  studyInstanceUID: uidSchema,
  /** SOP Instance UID of the edited object: the job's result, or an earlier edited one. */
  predecessor: uidSchema,
  createdAt: z.iso.datetime(),
  /** One per segment, in order. */
  findings: z.array(editedFindingSchema).readonly(),
  /** Labels of the predecessor's segments that the edit removed. */
  removed: z.array(z.string()).readonly(),
  /** Who edited it; absent if nobody had signed in. */
  by: actorSchema.optional(),
  /** When it was deleted from the archive, and who deleted it. */
  deletedAt: z.iso.datetime().optional(),
  deletedBy: actorSchema.optional(),
});
export type EditedResult = z.infer<typeof editedResultSchema>;

/** Body of `PUT /api/v1/segmentations/{id}/feedback/{findingIndex}`. */
export const feedbackRequestSchema = z.strictObject({
  verdict: z.enum(['accepted', 'rejected']),
  reason: z.string().trim().min(1).max(2000).optional(),
});
export type FeedbackRequest = z.infer<typeof feedbackRequestSchema>;

/** A person's feedback on a finding. */
export const feedbackSchema = feedbackRequestSchema.extend({
  /** Index in the job's `findings`. */
  findingIndex: z.int().min(0),
  at: z.iso.datetime(),
  /** Who gave it; absent if nobody had signed in. */
  by: actorSchema.optional(),
});
export type Feedback = z.infer<typeof feedbackSchema>;

/** The review of a stored result, from the feedback on its findings and from its edited results. */
export const reviewSchema = z.object({
  state: z.enum(reviewStates),
  /** Of the last act that led to this state; absent for a draft. */
  at: z.iso.datetime().optional(),
  /** Who; absent if nobody had signed in. */
  by: actorSchema.optional(),
  reason: z.string().optional(),
});
export type Review = z.infer<typeof reviewSchema>;

/** A run of the job that ended with a temporary problem. */
export const failedAttemptSchema = z.object({ at: z.iso.datetime(), code: z.string(), reason: z.string() });
export type FailedAttempt = z.infer<typeof failedAttemptSchema>;

/** Estimated start and end of a job, from recent jobs of the same model. */
export const estimateSchema = z.object({
  /** Time until it starts; only while it is queued. */
  startsInSeconds: z.number().min(0).optional(),
  endsInSeconds: z.number().min(0),
});
export type Estimate = z.infer<typeof estimateSchema>;

/** One of several stacks of slices in a series, or of several single images. */
export const stackSchema = z.object({ id: z.string(), description: z.string(), images: z.int(), chosen: z.boolean() });

/** A job as `GET /api/v1/segmentations/{id}` returns it. */
export const jobSchema = z.object({
  id: z.uuid(),
  state: z.enum(jobStates),
  request: segmentationRequestSchema,
  /** Prompts drawn on the images; absent for a job with text only. */
  refinement: refinementSchema.optional(),
  /** The targets of the prompts, known as soon as the job is accepted. */
  targets: z.array(targetViewSchema),
  createdAt: z.iso.datetime(),
  /** Who requested it; absent if nobody had signed in, and for the job of a rule. */
  createdBy: actorSchema.optional(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  /** Number of jobs before this one in the queue; only while it is queued. */
  queuePosition: z.int().min(0).optional(),
  /** Absent without enough earlier jobs, and after the end of the job. */
  estimate: estimateSchema.optional(),
  /** Runs that ended with a temporary problem, oldest first; absent if there was none. */
  failedAttempts: z.array(failedAttemptSchema).optional(),
  /** Time of the next attempt; only while the job is queued for it. */
  retryAt: z.iso.datetime().optional(),
  /** The job that this one repeats. */
  rerunOf: z.uuid().optional(),
  /** Its text asks for a comparison with the earlier study of the patient: "ventricles now and before". */
  comparesWithPrior: z.literal(true).optional(),
  /** The routing rule that requested it; absent if a person or a program did. */
  rule: z.object({ name: z.string(), version: z.int() }).optional(),
  /**
   * Of a rule's job whose text asks for a comparison: the job on the earlier series, or why there is none. Absent until
   * it is known.
   */
  comparedWithPrior: z
    .object({ at: z.iso.datetime(), job: z.uuid().optional(), problem: problemSchema.optional() })
    .optional(),
  /** Earliest start, by the time window or limit of its rule. Absent if it may start at once. */
  mayStartAt: z.iso.datetime().optional(),
  /** Number of images in the series when the job was accepted. */
  numberOfInstances: z.int().optional(),
  /** The worker that runs the job or ran it last. */
  worker: z.object({ id: z.uuid(), host: z.string() }).optional(),
  progress: progressSchema.optional(),
  /** Milliseconds spent in each completed stage. */
  stageTimes: z.partialRecord(z.enum(stages), z.number()),
  /** Milliseconds inside `session.run()`, part of `stageTimes.segmenting`. */
  sessionRunMs: z.number().optional(),
  /** `reason`: why this model was chosen, in one sentence. */
  model: z
    .object({ id: z.string(), version: z.string(), sha256: z.string(), reason: z.string().optional() })
    .optional(),
  executionProvider: executionProviderSchema.optional(),
  /** Choices made during the run, one sentence each. */
  notes: z.array(z.string()),
  /** The `notes` about how the job ran, not about the images or the result. */
  technicalNotes: z.array(z.string()).optional(),
  /**
   * The stacks of the series, if there are several; absent until the job has ended. A new request can select another
   * one as `stack`.
   */
  stacks: z.array(stackSchema).optional(),
  /** What a volume shows, by its voxels alone; absent until the job has ended, and if no package says it. */
  shows: imageShowsSchema.optional(),
  /** One per target or refused part of the text; complete when the job is completed. */
  findings: z.array(findingSchema),
  /**
   * For a completed recognition: the number of checked targets, and the names of those that were not checked in time.
   */
  recognition: z.object({ answered: z.int(), unanswered: z.array(z.string()) }).optional(),
  /** Absent while the job runs, and for a completed job that found nothing or was not to store anything. */
  result: storedResultSchema.optional(),
  /**
   * SOP Instance UID of the segmentation, present once an attempt has started to store it. The archive may hold it even
   * if the job failed later because its workers were lost repeatedly.
   */
  begunToStore: uidSchema.optional(),
  /** When the objects of `result` were deleted from the archive on request; `findings` and `result` stay on record. */
  resultDeletedAt: z.iso.datetime().optional(),
  resultDeletedBy: actorSchema.optional(),
  /** Results edited in a viewer, oldest first; absent if there is none. */
  editedResults: z.array(editedResultSchema).readonly().optional(),
  /** Feedback in the order of the findings; absent if there is none. */
  feedback: z.array(feedbackSchema).readonly().optional(),
  /** Present once a result is stored. */
  review: reviewSchema.optional(),
  /** Last change of an ended job by a deletion, an edit, feedback or a comparison; absent if there was none. */
  amendedAt: z.iso.datetime().optional(),
  /** By name of the destination; present after the job has stored its result, and updated afterwards. */
  deliveries: z.array(deliverySchema).optional(),
  /** Who cancelled it; absent if it was not cancelled, or nobody had signed in. */
  cancelledBy: actorSchema.optional(),
  /** Why a failed or cancelled job ended. */
  problem: problemSchema.optional(),
  /** Sequence number of the last event included in this view. */
  lastEventId: z.int(),
});
export type Job = z.infer<typeof jobSchema>;

/**
 * One event of `GET /api/v1/segmentations/{id}/events` (Server-Sent Events). The SSE `id` is the sequence number, the
 * SSE `event` is "job", the data is the whole job after the change: a client that missed events needs only the last
 * one.
 */
export interface JobEvent {
  readonly sequence: number;
  readonly job: Job;
}

/** A page of jobs, newest first. */
export const jobPageSchema = z.object({
  segmentations: z.array(jobSchema),
  /** The `cursor` for the next page; absent on the last one. */
  nextCursor: z.string().optional(),
});
export type JobPage = z.infer<typeof jobPageSchema>;
