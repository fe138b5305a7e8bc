/** Recently drawn pictures. */
export interface PictureCache {
  /** The picture with this key, drawn if necessary; simultaneous callers share it. Failures are not kept. */
  get(key: string, draw: () => Promise<Uint8Array>): Promise<Uint8Array>;
  /** Forgets all pictures whose key has this prefix. */
  forget(beginning: string): void;
}

/** A picture has 0.2 to 1 MB. */
const usualBytes = 32 * 2 ** 20;

/** Keeps pictures up to a number of bytes; the least recently used is dropped first. */
export function createPictureCache(maximumBytes = usualBytes): PictureCache {
  const kept = new Map<string, Uint8Array>();
  const drawing = new Map<string, Promise<Uint8Array>>();

  const keep = (key: string, picture: Uint8Array): void => {
    kept.set(key, picture);
    let bytes = [...kept.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (const [oldest, { byteLength }] of kept) {
      if (bytes <= maximumBytes) return;
      kept.delete(oldest);
      bytes -= byteLength;
    }
  };

  return {
    async get(key, draw) {
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return known;
      }
      const begun = drawing.get(key);
      if (begun !== undefined) return begun;
      const mine = draw();
      drawing.set(key, mine);
      try {
        const picture = await mine;
        // Forgotten while it was being drawn: the result was deleted.
        if (drawing.get(key) === mine) keep(key, picture);
        return picture;
      } finally {
        if (drawing.get(key) === mine) drawing.delete(key);
      }
    },

    forget(beginning) {
      for (const map of [kept, drawing]) for (const key of map.keys()) if (key.startsWith(beginning)) map.delete(key);
    },
  };
}
