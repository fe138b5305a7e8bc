import { createHash } from 'node:crypto';
import swcJest from '@swc/jest';

/**
 * Jest runs a module in its own context, where each use of a global is a call out of compiled code: loops over voxels
 * took three times as long as in Node.js. A module constant with the global's name restores the speed. Jest's own
 * setting, `sandboxInjectedGlobals`, has no effect on ES modules. It is on the first line, so line numbers do not
 * change.
 */
const preamble = 'const { Math, Number } = globalThis;';

/** swc, and the preamble. */
export default {
  /** @param {import('@swc/core').Options} options */
  createTransformer(options) {
    const swc = /** @type {Required<import('@jest/transform').SyncTransformer>} */ (swcJest.createTransformer(options));
    return {
      ...swc,
      /** @type {typeof swc.process} */
      process(...args) {
        const transformed = swc.process(...args);
        return { ...transformed, code: `${preamble} ${transformed.code}` };
      },
      processAsync: undefined,
      /** @type {typeof swc.getCacheKey} */
      getCacheKey: (...args) =>
        createHash('sha256')
          .update(swc.getCacheKey(...args))
          .update(preamble)
          .digest('hex'),
    };
  },
};
