import type { SegmentationRequest } from '../../../../server/contract/job.js';
import { linesOf, mostPrompts } from './promptParts.js';

/** A prompt that was put aside as a chip. */
export interface Prompt {
  /** Unique in this browser, to distinguish equal texts. */
  readonly key: number;
  readonly text: string;
}

/** What is being asked and not yet sent. */
export interface Question {
  readonly prompts: readonly Prompt[];
  /** What stands in the box. */
  readonly text: string;
  /** Id of the model; chosen by the server where absent. */
  readonly model?: string;
  /** Id of a stack of this series; chosen by rule where absent. */
  readonly stack?: { readonly seriesInstanceUID: string; readonly id: string };
}

export const nothingAsked: Question = { prompts: [], text: '' };

let lastKey = 0;
const promptOf = (text: string): Prompt => {
  lastKey += 1;
  return { key: lastKey, text };
};

/**
 * Adds prompts behind the others; a text that is there already, and what is more than the server takes, is left out.
 */
export function addPrompts(question: Question, texts: readonly string[]): Question {
  const known = new Set(question.prompts.map(({ text }) => text.toLowerCase()));
  const added = texts.filter((text) => {
    const isNew = text !== '' && !known.has(text.toLowerCase());
    known.add(text.toLowerCase());
    return isNew;
  });
  return { ...question, prompts: [...question.prompts, ...added.map(promptOf)].slice(0, mostPrompts) };
}

/** What stands in the box becomes a chip, or several where it has lines. */
export function keepText(question: Question): Question {
  return { ...addPrompts(question, linesOf(question.text)), text: '' };
}

export function removePrompt(question: Question, key: number): Question {
  return { ...question, prompts: question.prompts.filter((prompt) => prompt.key !== key) };
}

/** Another text instead of a chip's. */
export function changePrompt(question: Question, key: number, text: string): Question {
  return { ...question, prompts: question.prompts.map((prompt) => (prompt.key === key ? { key, text } : prompt)) };
}

/** A chip goes back into the box to be edited; what stood there becomes a chip. */
export function editPrompt(question: Question, key: number): Question {
  const prompt = question.prompts.find((each) => each.key === key);
  if (prompt === undefined) return question;
  return { ...removePrompt(keepText(question), key), text: prompt.text };
}

/** All prompts, the chips first. */
export function promptsOf({ prompts, text }: Question): string[] {
  return [...prompts.map((prompt) => prompt.text), ...linesOf(text)].slice(0, mostPrompts);
}

/**
 * What a run would be of; empty without prompts. The same text on another series is another question: what was entered
 * for one must not run on the next.
 */
export function askedOf(question: Question, seriesInstanceUID: string | undefined): string {
  const prompts = promptsOf(question);
  return prompts.length === 0 ? '' : [seriesInstanceUID, ...prompts].join('\n');
}

/**
 * What is sent: the chips and the text, and of the rest what differs from the server's own choice.
 * @param allowPartial whether it was said that a part of the text is left out
 */
export function requestOf(
  question: Question,
  series: Pick<SegmentationRequest, 'studyInstanceUID' | 'seriesInstanceUID'>,
  output: SegmentationRequest['output'],
  allowPartial = false,
): SegmentationRequest {
  const { studyInstanceUID, seriesInstanceUID } = series;
  const { model, stack } = question;
  return {
    studyInstanceUID,
    seriesInstanceUID,
    prompts: promptsOf(question),
    ...(model === undefined ? {} : { model }),
    ...(stack?.seriesInstanceUID === seriesInstanceUID ? { stack: stack.id } : {}),
    ...(output === undefined ? {} : { output }),
    ...(allowPartial && { allowPartial }),
  };
}
