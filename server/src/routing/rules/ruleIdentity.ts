import { createHash } from 'node:crypto';
import type { Rule, RuleVersion } from '#contract/rule.js';
import { PromptsegError } from '../../platform/errors.js';

const sha256 = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/**
 * SHA-256 of the whole rule. A parsed rule has its fields in the order of the schema, so equal rules are equal texts.
 */
export const hashOf = (rule: Rule): string => sha256(rule);

/**
 * SHA-256 of what the jobs of the rule produce: equal if the results would be the same, no matter what is omitted or
 * written differently.
 */
export function workHashOf({ prompts, model, output = {}, destinations }: Rule): string {
  const { segmentation = 'binary', measurementReport = false, rtStructureSet = false, ...drawn } = output;
  const texts = prompts.map((prompt) => prompt.toLowerCase());
  const work = [texts, model ?? null, segmentation, measurementReport, rtStructureSet, [...destinations].sort()];
  // Only if wanted, so that rules that want none of them keep their hash.
  const wanted = (['secondaryCapture', 'report', 'presentationState'] as const).filter((each) => drawn[each]);
  return sha256([...work, ...wanted]);
}

/** Strong entity tag (RFC 9110 section 8.8.3) of a version. */
export const etagOf = ({ version, hash }: Pick<RuleVersion, 'version' | 'hash'>): string =>
  `"${version}-${hash.slice(0, 16)}"`;

/** The entity tag of all rules in their order. */
export const etagOfAll = (versions: readonly RuleVersion[]): string =>
  `"${sha256(versions.map(({ rule, version, hash }) => [rule.name, version, hash])).slice(0, 24)}"`;

/**
 * Checks If-Match (RFC 9110 section 13.1.1): "*" requires any current version, otherwise one of the tags must match.
 * @param ifMatch undefined if the caller set no condition
 * @param current undefined if there is nothing
 * @throws PromptsegError `rule-changed`
 */
export function requireUnchanged(ifMatch: string | undefined, current: string | undefined, what: string): void {
  if (ifMatch === undefined) return;
  // A proxy that compresses makes a tag weak.
  const tags = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (current !== undefined && tags.some((tag) => tag === '*' || tag === current)) return;
  const happened = current === undefined ? 'is not there any more' : 'has changed';
  throw new PromptsegError('rule-changed', `Since you read it, ${what} ${happened}.`, {
    details: { ...(current !== undefined && { etag: current }) },
  });
}
