import { z } from 'zod';
import { actorSchema } from './actor.js';
import { scopes } from './scope.js';

const scopesSchema = z
  .array(z.enum(scopes))
  .min(1)
  .refine((named) => new Set(named).size === named.length, 'names a scope twice');

/** Body of `POST /api/v1/keys`. */
export const keyRequestSchema = z.strictObject({
  /** What the key is for; recorded as the name of its user. */
  name: z.string().trim().min(1).max(100),
  scopes: scopesSchema,
  expiresInDays: z.number().int().min(1).max(3650).default(90),
});
export type KeyRequest = z.infer<typeof keyRequestSchema>;

/** A key as listed: without its secret, which is not stored. */
export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  createdAt: z.iso.datetime(),
  createdBy: actorSchema,
  expiresAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().optional(),
  revokedBy: actorSchema.optional(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

/** Result of `POST /api/v1/keys`: the only time that the secret is shown. */
export const createdKeySchema = z.object({ key: apiKeySchema, secret: z.string() });
export type CreatedKey = z.infer<typeof createdKeySchema>;
export const keysViewSchema = z.object({ keys: z.array(apiKeySchema) });
export type KeysView = z.infer<typeof keysViewSchema>;
