/**
 * The limits of all tests, in one place. Only a hang reaches them: the slowest test takes two minutes on two quiet
 * cores, and ten times as long where other work keeps those cores busy. No test has a limit of its own.
 */

/** One wait for something that is to be seen. Shorter than the test's, so that the error names what never came. */
export const waitLimitMs = 10 * 60_000;

/** One test, or one hook. */
export const testLimitMs = 20 * 60_000;
