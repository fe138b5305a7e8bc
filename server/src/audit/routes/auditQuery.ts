import { z } from 'zod';
import { uidSchema } from '#contract/uid.js';
import { type AuditKind, auditKinds } from '../../values/auditEvent.js';
import { trailFaults } from '../verifyTrail.js';

const kinds = Object.keys(auditKinds) as [AuditKind, ...AuditKind[]];

/** Query of `GET /audit`. */
export const auditQuerySchema = z.object({
  /** Recorded at this time or later. */
  since: z.iso.datetime({ offset: true }).optional(),
  /** Recorded before this time. */
  until: z.iso.datetime({ offset: true }).optional(),
  /** Subject of the user or id of the API key. */
  user: z.string().min(1).max(500).optional(),
  study: uidSchema.optional(),
  kind: z.enum(kinds).optional(),
  /** From the link `next` of the previous page. */
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;

/** Row and hash as `promptseg audit verify` prints them: "17:9f86d0…". */
const anchorSchema = z
  .string()
  .regex(/^\d{1,15}:[0-9a-f]{64}$/, 'is not the number of a row, a colon and its hash')
  .transform((text) => {
    const [number = '', hash = ''] = text.split(':');
    return { number: Number(number), hash };
  });

/** Rows noted earlier: one or several. */
export const anchorsSchema = z.union([z.array(anchorSchema).max(100), anchorSchema.transform((anchor) => [anchor])]);

const headSchema = z.object({ number: z.int(), hash: z.string() });

/**
 * The outcome of a check of the trail: intact, with its last row as an anchor for the next check, or the first wrong
 * row.
 */
export const trailVerdictSchema = z.union([
  z.object({
    intact: z.literal(true),
    rows: z.int(),
    first: z.int().optional(),
    last: headSchema.optional(),
  }),
  z.object({
    intact: z.literal(false),
    row: z.int(),
    fault: z.enum(trailFaults),
    detail: z.string(),
  }),
]);
