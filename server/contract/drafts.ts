import { z } from 'zod';
import { actorSchema } from './actor.js';
import { correctedSegmentSchema, neighboursSchema, newStructure, regionPromptSchema } from './imagePrompts.js';
import { targetViewSchema } from './targetView.js';
import { uidSchema } from './uid.js';

const corrected = {
  corrects: correctedSegmentSchema,
  /** Absent: the segment may overlap others. */
  neighbours: neighboursSchema.optional(),
};

const asked = {
  /** Id of a model package that takes clicks; absent: chosen by modality. */
  model: z.string().min(1).max(100).optional(),
};

/** Body of `POST /api/v1/drafts`: a segment of a stored result, or a structure that is new and has a name. */
export const draftRequestSchema = z.union([
  z.strictObject({ ...corrected, ...asked }),
  z.strictObject({ ...newStructure, ...asked }),
]);
export type DraftRequest = z.infer<typeof draftRequestSchema>;

const kept = {
  id: z.uuid(),
  studyInstanceUID: uidSchema,
  seriesInstanceUID: uidSchema,
  model: z.object({ id: z.string(), version: z.string(), sha256: z.string() }),
  /** Clicks, scribbles and lassos in order; empty at first. */
  clicks: z.array(regionPromptSchema),
  /** Counts the changes, from 1; also the id of its event. */
  version: z.int(),
  /**
   * While this server computes its mask: how many other masks, pictures and exports come first. Only in `GET
   * /drafts/{draft}`.
   */
  maskPosition: z.int().min(0).optional(),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  /** Who began it; absent if nobody had signed in. */
  createdBy: actorSchema.optional(),
};

/** A segment of a stored result that is being corrected by clicks: kept until it is accepted or discarded. */
export const correctingDraftSchema = z.object({ ...kept, ...corrected });
export type CorrectingDraft = z.infer<typeof correctingDraftSchema>;

/** The same for a new segment, which begins with nothing. */
export const newDraftSchema = z.object({
  ...kept,
  stack: newStructure.stack,
  name: newStructure.name,
  /** What the name was understood as. */
  target: targetViewSchema,
});
export type NewDraft = z.infer<typeof newDraftSchema>;

export const draftSchema = z.union([correctingDraftSchema, newDraftSchema]);
export type Draft = z.infer<typeof draftSchema>;

/**
 * Data of the events "draft" of `GET /api/v1/segmentations/events`: the draft was changed, accepted or discarded.
 * Without an id, any may have been.
 */
export interface DraftEvent {
  readonly id?: string;
}

/** Query of `GET /api/v1/drafts`. */
export const draftsQuerySchema = z.object({ study: uidSchema.describe('StudyInstanceUID') });

export const draftsViewSchema = z.object({
  /** Neither accepted nor discarded; the last changed first. */
  drafts: z.array(draftSchema),
});
export type DraftsView = z.infer<typeof draftsViewSchema>;

const voxelSchema = z.tuple([z.int(), z.int(), z.int()]).readonly();

/** What the clicks of a draft have changed so far. */
export const draftMaskSchema = z.object({
  /** Version of the draft that it shows. */
  version: z.int(),
  /** Absent if nothing changed. */
  block: z
    .object({
      /** First voxel (column, row, slice) of the images, and size. */
      first: voxelSchema,
      size: voxelSchema,
      /**
       * The whole mask in the block, base64: voxel n = i + columns·(j + rows·k) of the block is bit n mod 8, least
       * significant first, of byte n div 8.
       */
      bits: z.base64(),
      /** For each slice of the block: SOP Instance UID of its image, and the frame of a multi-frame image, from 1. */
      images: z.array(z.object({ sopInstanceUID: uidSchema, frameNumber: z.int().min(1).optional() })),
    })
    .optional(),
});
export type DraftMask = z.infer<typeof draftMaskSchema>;
