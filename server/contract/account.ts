import { z } from 'zod';
import { principalKinds } from './actor.js';

/** `GET /api/v1/account`: the account of the request and its rights. */
export const accountViewSchema = z.object({
  kind: z.enum(principalKinds),
  /** As recorded in what this account made, to recognise its own results. */
  subject: z.string(),
  displayName: z.string(),
  scopes: z.array(z.string()),
  /** Address of the sign-in; `?to=` is the path to return to. Absent if the server has no sign-in. */
  signIn: z.string().optional(),
  /** Address of the sign-out: a POST, whose response names the next address, or a link. */
  signOut: z.object({ method: z.enum(['POST', 'GET']), address: z.string() }).optional(),
  /** Other machines can reach the server without a log-in, because its settings allow it. */
  withoutLogIn: z.literal(true).optional(),
});
export type AccountView = z.infer<typeof accountViewSchema>;
