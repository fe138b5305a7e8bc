import type { Actor } from '#contract/actor.js';
import { type Scope, scopes } from '#contract/scope.js';

export type { Actor };
export { type Scope, scopes };

/** Who sends a request, and what it may do. */
export interface Principal extends Actor {
  readonly scopes: ReadonlySet<Scope>;
}

/** Everybody, on a server without a log-in. */
export const nobody: Principal = {
  kind: 'nobody',
  subject: 'nobody',
  displayName: 'Not signed in',
  scopes: new Set(scopes),
};

/** Promptseg, for actions that no person requested. */
export const system: Principal = {
  kind: 'system',
  subject: 'system',
  displayName: 'Promptseg',
  scopes: new Set(scopes),
};

/** The recorded part of a principal: neither scopes nor anything else that it could act with. */
export const actorOf = ({ kind, subject, displayName }: Actor): Actor => ({ kind, subject, displayName });

/** The same for a principal with a name: undefined for nobody and for the system, which are not recorded. */
export const namedActor = (actor: Actor): Actor | undefined =>
  actor.kind === 'user' || actor.kind === 'key' ? actorOf(actor) : undefined;
