/** `session`: until the tab is closed, and in that tab only. */
type Duration = 'always' | 'session';

const storageFor = (duration: Duration): Storage | undefined =>
  duration === 'session' ? globalThis.sessionStorage : globalThis.localStorage;

/**
 * What this browser remembers for the panel. Kept under one prefix; a browser that forbids storage, or has none left,
 * remembers nothing, and what another version of the panel left there is dropped where `read` does not take it.
 */
export function readStored<Value>(
  key: string,
  read: (stored: unknown) => Value | undefined,
  duration: Duration = 'always',
): Value | undefined {
  try {
    const text = storageFor(duration)?.getItem(`promptseg.${key}`);
    return text ? read(JSON.parse(text)) : undefined;
  } catch {
    return undefined;
  }
}

export function store(key: string, value: unknown, duration: Duration = 'always'): void {
  try {
    if (value === undefined) storageFor(duration)?.removeItem(`promptseg.${key}`);
    else storageFor(duration)?.setItem(`promptseg.${key}`, JSON.stringify(value));
  } catch {
    // Full or forbidden: the panel works without a memory.
  }
}
