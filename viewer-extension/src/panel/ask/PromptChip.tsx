import type { KeyboardEvent } from 'react';
import type { ResolutionView } from '../../../../server/contract/prompts.js';
import { strings } from '../../client/strings.js';
import { Lazy } from '../Lazy.js';
import { unknownParts } from './lazyParts.js';
import { Marked } from './Marked.js';
import { partsInWords, UnderstoodParts } from './Parts.js';
import type { Prompt } from './question.js';
import { isUnknown } from './reading.js';
import type { UnknownContext } from './UnknownParts.js';

export interface ChipActions {
  readonly onEdit: () => void;
  /** @param toward where the focus goes: the chip before, or the one behind */
  readonly onRemove: (toward: 'before' | 'behind') => void;
  readonly onReplace: (part: string, replacement: string) => void;
  /** @param by chips to the right; negative: to the left. Beyond the last one is the box. */
  readonly onMove: (by: number) => void;
  readonly onLeave: () => void;
}

interface PromptChipProps extends ChipActions {
  readonly prompt: Prompt;
  readonly parts: readonly ResolutionView[] | undefined;
  readonly about: UnknownContext;
  /** The one chip that Tab stops at. */
  readonly reachable: boolean;
}

/** A finished prompt: how it is understood, with codes; keys and clicks to edit, remove and correct it. */
export function PromptChip({ prompt: { text }, parts, about, reachable, ...actions }: PromptChipProps) {
  const unknown = parts?.filter(isUnknown) ?? [];
  const state = parts === undefined ? 'reading' : unknown.length > 0 ? 'unknown' : 'understood';
  return (
    <li className={`promptseg-prompt promptseg-prompt-${state}`} data-promptseg="chip" data-state={state}>
      <button
        type="button"
        className="promptseg-prompt-body"
        tabIndex={reachable ? 0 : -1}
        title={strings.chips.chip(text, partsInWords(parts))}
        aria-description={`${strings.chips.chip(text, partsInWords(parts))}. ${strings.chips.keys}`}
        onClick={actions.onEdit}
        onKeyDown={(event) => press(event, actions)}
        data-promptseg="chip-body"
      >
        {(parts === undefined || unknown.length > 0) && (
          <span className="promptseg-ellipsis">
            <Marked text={text} parts={parts ?? []} />
          </span>
        )}
        {parts !== undefined && <UnderstoodParts parts={parts} />}
      </button>
      <button
        type="button"
        className="promptseg-remove"
        tabIndex={-1}
        aria-label={strings.chips.remove(text)}
        title={strings.chips.remove(text)}
        onClick={() => actions.onRemove('behind')}
        data-promptseg="remove-chip"
      >
        <span aria-hidden="true">×</span>
      </button>
      {unknown.length > 0 && (
        <Lazy part={unknownParts} props={{ ...about, parts: unknown, onReplace: actions.onReplace }} />
      )}
    </li>
  );
}

function press(event: KeyboardEvent, { onEdit, onRemove, onMove, onLeave }: ChipActions): void {
  const actions = new Map<string, () => void>([
    ['Enter', onEdit],
    ['F2', onEdit],
    ['Backspace', () => onRemove('before')],
    ['Delete', () => onRemove('behind')],
    ['ArrowLeft', () => onMove(-1)],
    ['ArrowUp', () => onMove(-1)],
    ['ArrowRight', () => onMove(1)],
    ['ArrowDown', () => onMove(1)],
    ['Home', () => onMove(Number.NEGATIVE_INFINITY)],
    ['End', onLeave],
    ['Escape', onLeave],
  ]);
  const action = actions.get(event.key);
  if (action === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  // The viewer uses these keys too: Delete removes a measurement, arrows turn slices.
  event.stopPropagation();
  action();
}
