import type { PromptSet, PromptSetRequest } from '../../../../server/contract/promptSet.js';

/** Named sets of prompts as a file that another server can import. */
export function promptSetFile(sets: readonly PromptSet[]): string {
  const promptSets = sets.map(
    ({ name, prompts, modality }): PromptSetRequest => ({
      name,
      prompts,
      ...(modality === undefined ? {} : { modality }),
    }),
  );
  return `${JSON.stringify({ promptSets }, undefined, 2)}\n`;
}

/** The sets in such a file; undefined if it holds none. The server checks lengths and numbers. */
export function readPromptSetFile(text: string): readonly PromptSetRequest[] | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { promptSets } = (content ?? {}) as { promptSets?: unknown };
  if (!Array.isArray(promptSets) || promptSets.length === 0 || !promptSets.every(isPromptSet)) return undefined;
  return promptSets.map(({ name, prompts, modality }) => ({
    name,
    prompts,
    ...(modality === undefined ? {} : { modality }),
  }));
}

function isPromptSet(value: unknown): value is PromptSetRequest {
  const { name, prompts, modality } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    Array.isArray(prompts) &&
    prompts.every((prompt) => typeof prompt === 'string') &&
    (modality === undefined || typeof modality === 'string')
  );
}
