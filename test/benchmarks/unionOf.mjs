/** @param {readonly Uint8Array[]} masks bits of the same size, at least one */
export function unionOf(masks) {
  const bits = new Uint8Array(masks[0]?.length ?? 0);
  for (const mask of masks)
    mask.forEach((byte, n) => {
      bits[n] = (bits[n] ?? 0) | byte;
    });
  return bits;
}
