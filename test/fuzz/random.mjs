/** Numbers that look random and are the same in every run. */

/**
 * @typedef {object} Random
 * @property {(below: number) => number} integer From 0 to below - 1.
 * @property {<T>(items: readonly T[]) => T} pick One of them.
 */

/**
 * Mulberry32. A run has one generator per mutation, made of the run's seed and the mutation's number, so that any one
 * can be repeated alone.
 *
 * @param {number} seed
 * @param {number} number
 * @returns {Random}
 */
export function randomOf(seed, number) {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (/** @type {number} */ below) => Math.floor(next() * below);
  return { integer, pick: (items) => items[integer(items.length)] };
}
