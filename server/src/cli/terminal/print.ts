import { escapedJson, withoutHidden } from '#contract/shownText.js';

/** Prints a command's output: JSON for programs, or a text for people. */
export function print(json: boolean | undefined, value: unknown, forPeople: () => string): void {
  process.stdout.write(`${json ? escapedJson(JSON.stringify(value)) : withoutHidden(forPeople())}\n`);
}

/** Prints a message that is not part of a command's output: progress, or a problem. */
export const say = (text: string): void => {
  process.stderr.write(`${withoutHidden(text)}\n`);
};
