import { createInterface } from 'node:readline/promises';
import type { TargetView } from '#contract/finding.js';
import { withoutHidden } from '#contract/shownText.js';
import { PromptsegError } from '../../platform/errors.js';

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export interface PartOptions {
  readonly allowPartial?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Runs a request that is refused if only part of its text is understood. On a terminal it asks whether to run that
 * part. Elsewhere the request stays refused.
 */
export async function askAboutParts<T>(
  { allowPartial = false, json = false }: PartOptions,
  run: (allowPartial: boolean) => Promise<T>,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<T> {
  try {
    return await run(allowPartial);
  } catch (error) {
    const isPartly = error instanceof PromptsegError && error.code === 'prompt-partly-understood';
    const mayAsk = isPartly && !json && terminal.input.isTTY && terminal.output.isTTY;
    if (!mayAsk || !(await isPartWanted(error, terminal))) throw error;
    return run(true);
  }
}

/** Anything but a yes counts as no, including Ctrl-C and the end of the input. */
async function isPartWanted({ message, details }: PromptsegError, { input, output }: Terminal): Promise<boolean> {
  const understood = (details.understood ?? []) as readonly TargetView[];
  output.write(withoutHidden(`${message}\nUnderstood: ${understood.map(({ name }) => name).join(', ')}.\n`));
  const dialogue = createInterface({ input, output });
  const given = new AbortController();
  dialogue.once('SIGINT', () => given.abort());
  dialogue.once('close', () => given.abort());
  try {
    const reply = await dialogue.question('Segment what is understood, and nothing else? [y/N] ', given);
    return /^y(es)?$/i.test(reply.trim());
  } catch {
    return false;
  } finally {
    dialogue.close();
  }
}
