import { shownText } from '#contract/shownText.js';

/** Longer texts are truncated; none of ours is longer. */
const mostCharacters = 500;
/** Five components or more, or made of a UUID (PS3.5, annex B.2). */
const uid = /\b(?:\d+(?:\.\d+){4,}|2\.25\.\d+)\b/g;

/**
 * The last step before a value is sent to an agent. Tools return no identifiers; this removes UIDs that got in by
 * mistake, makes hidden characters visible, and limits the length of each text.
 */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return shownText(value.replaceAll(uid, '[removed]').slice(0, mostCharacters));
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, redact(each)]])),
  );
}
