import { PromptsegError } from '../platform/errors.js';
import type { GridClick, GridPrompt } from './clickable.js';

/**
 * What a model that knows nothing of scribbles and lassos is given.
 * @throws PromptsegError `click-unsuitable`: there is one among them
 */
export const onlyClicks = (prompts: readonly GridPrompt[]): readonly GridClick[] =>
  prompts.map((prompt) => {
    if ('voxel' in prompt) return prompt;
    throw strokesNotTaken();
  });

export const strokesNotTaken = (): PromptsegError =>
  new PromptsegError(
    'click-unsuitable',
    'The model takes clicks, but no scribbles and lassos: click, or name another model.',
  );
