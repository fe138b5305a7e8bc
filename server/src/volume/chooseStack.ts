import { PromptsegError } from '../platform/errors.js';
import type { StackSummary } from '../values/volume.js';

/** More than anybody chooses from; a functional MR series may hold thousands of time points. */
const maximumListed = 500;

/** A stack of slices, or a single image, to choose from. */
interface Choosable extends Pick<StackSummary, 'id' | 'description'> {
  readonly images: readonly unknown[];
}

export interface ChosenStack<Stack extends Choosable> {
  readonly stack: Stack;
  /** All of them, or the first 500 and the chosen one; absent if there is only one. */
  readonly stacks?: readonly StackSummary[];
  readonly notes: readonly string[];
}

/**
 * The requested stack, or else the first.
 * @param stacks one or more, best first
 * @param words what they are, and the rule by which they are sorted
 * @throws PromptsegError `stack-not-found`, with the existing stacks
 */
export function chooseStack<Stack extends Choosable>(
  stacks: readonly Stack[],
  wanted: string | undefined,
  words = { what: 'stacks of slices', rule: 'most images, then the first of its kind' },
): ChosenStack<Stack> {
  const stack = wanted === undefined ? stacks[0] : stacks.find(({ id }) => id === wanted);
  const summaries = stacks.map(({ id, description, images }) => ({
    id,
    description,
    images: images.length,
    chosen: id === stack?.id,
  }));
  if (stack === undefined) {
    throw new PromptsegError(
      'stack-not-found',
      `The series has no stack of this name; it has ${listed(stacks.map(({ id }) => id))}.`,
      {
        details: {
          stacks: summaries.slice(0, maximumListed).map(({ id, description, images }) => ({ id, description, images })),
        },
      },
    );
  }
  if (stacks.length === 1) return { stack, notes: [] };
  const others = summaries.filter(({ chosen }) => !chosen).map(({ id }) => id);
  const why = wanted === undefined ? `by rule (${words.rule})` : 'as requested';
  return {
    stack,
    stacks: summaries.filter(({ chosen }, index) => chosen || index < maximumListed),
    notes: [
      `The series holds ${stacks.length} ${words.what}. Used ${why}: ${stack.id} (${stack.description}). The ` +
        `others: ${listed(others)}.`,
    ],
  };
}

const listed = (ids: readonly string[]): string =>
  ids.length > 8 ? `${ids.slice(0, 8).join(', ')} and ${ids.length - 8} more` : ids.join(', ');
