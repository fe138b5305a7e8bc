import { expect } from '@jest/globals';

/**
 * `toEqual` compares typed arrays element by element: a fifth of the processor time of all tests next to the sources.
 * Equal ones are recognised by their bytes; different ones are left to Jest, which says where they differ.
 *
 * @param {unknown} one
 * @param {unknown} other
 * @returns {true | undefined}
 */
function areSameBytes(one, other) {
  if (!ArrayBuffer.isView(one) || !ArrayBuffer.isView(other) || one.constructor !== other.constructor) return undefined;
  const bytes = (/** @type {ArrayBufferView} */ view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return bytes(one).equals(bytes(other)) || undefined;
}

expect.addEqualityTesters([areSameBytes]);
