import { RE2JS, RE2JSException } from 're2js';

/**
 * Maximum number of instructions. RE2 needs time proportional to the text, with a factor that grows with the compiled
 * program: `(?:a?){300}a{300}`, 900 instructions, takes 0.3 s for the first text of 1000 characters and 1 ms for the
 * next ones. Typical expressions have a few dozen instructions.
 */
const largestProgram = 1000;

/** Longer values are searched only up to here. No description of a series is that long: LO has 64 characters. */
const longestText = 1024;

/** Tests whether a text contains a match. */
export type RegularExpression = (text: string) => boolean;

/** @throws RE2JSException if {@link regularExpressionProblem} returns a reason */
export function compileRegularExpression(expression: string): RegularExpression {
  const compiled = RE2JS.compile(expression);
  return (text) => compiled.test(text.slice(0, longestText));
}

/** Why an expression cannot be used, worded to follow its name; undefined if it can. */
export function regularExpressionProblem(expression: string): string | undefined {
  try {
    if (RE2JS.compile(expression).programSize() <= largestProgram) return undefined;
    return 'is too large an expression; its repetitions multiply';
  } catch (error) {
    if (!(error instanceof RE2JSException) && !(error instanceof RangeError)) throw error;
    const why =
      error instanceof RE2JSException ? error.message.replace(/^error parsing regexp: /, '') : 'nested too deep';
    return `is not an RE2 expression: ${why}`;
  }
}
