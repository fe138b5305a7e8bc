import { createRequire } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';

const requireHere = createRequire(import.meta.url);

/**
 * Jest's environment for Node.js, with a way out of it for large libraries (`outside/`). Within it each test file loads
 * them again, and each use of a global is a call out of compiled code: of the processor time of Jest's own processes
 * playwright-core took 9 % and dcmjs 5 %. Outside, a process loads them once.
 */
export default class extends TestEnvironment {
  /** @param {ConstructorParameters<typeof TestEnvironment>} parameters */
  constructor(...parameters) {
    super(...parameters);
    Object.assign(this.global, { requireOutside: (/** @type {string} */ name) => requireHere(name) });
  }
}
