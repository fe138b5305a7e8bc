import { z } from 'zod';

/**
 * Who sent a request.
 *
 * `user`: a person, identified by an OpenID provider or a trusted proxy. `key`: a program with an API key. `nobody`:
 * anyone, on a server without a log-in. `system`: Promptseg's own actions (a rule's job, retention).
 */
export const principalKinds = ['user', 'key', 'nobody', 'system'] as const;

/** Who did something, as recorded in jobs, versions of rules, feedback, edited results and the audit trail. */
export const actorSchema = z.object({
  kind: z.enum(principalKinds),
  /** Stable and unique per kind: the provider's `sub`, the proxy's user name, the id of a key; otherwise the kind. */
  subject: z.string(),
  /** For display: a name, or the purpose of a key. */
  displayName: z.string(),
});
export type Actor = Readonly<z.infer<typeof actorSchema>>;
