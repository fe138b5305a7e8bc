/** Keeps the last results of a function by its arguments; failures are not kept. */
export function remembering<Asked extends readonly string[], Result>(
  most: number,
  forMs: number,
  ask: (...asked: Asked) => Promise<Result>,
): (...asked: Asked) => Promise<Result> {
  const known = new Map<string, { readonly result: Promise<Result>; readonly at: number }>();
  return (...asked) => {
    const key = asked.join(' ');
    const before = known.get(key);
    if (before !== undefined && Date.now() - before.at < forMs) return before.result;
    known.delete(key);
    const [oldest] = known.keys();
    if (known.size >= most && oldest !== undefined) known.delete(oldest);
    const result = ask(...asked);
    known.set(key, { result, at: Date.now() });
    result.catch(() => known.delete(key));
    return result;
  };
}
