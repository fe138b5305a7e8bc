import type { Actor } from './principal.js';

/** Who asked for a result or edited it, as the stored object names them. */
export interface Operator {
  /** Name of the person or program, as people read it. */
  readonly name: string;
  /** Of a person at a named institution: how the log-in knows them there. */
  readonly account?: { readonly subject: string; readonly institution: string };
}

/**
 * @param institution whose people sign in, by the settings
 * @returns undefined if nobody had signed in
 */
export function operatorFrom(actor: Actor | undefined, institution: string | undefined): Operator | undefined {
  if (actor === undefined) return undefined;
  const { kind, subject, displayName: name } = actor;
  return kind === 'user' && institution !== undefined ? { name, account: { subject, institution } } : { name };
}
