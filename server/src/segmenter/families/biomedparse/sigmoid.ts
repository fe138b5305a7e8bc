// In Jest's VM contexts every look-up of a global is slow.
const { exp, fround } = Math;

/** A probability from a logit, in float32 like upstream's. */
export const sigmoid = (logit: number): number => fround(1 / (1 + exp(-logit)));
