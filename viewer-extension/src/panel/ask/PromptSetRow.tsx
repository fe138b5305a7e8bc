import { type KeyboardEvent, useRef, useState } from 'react';
import type { PromptSet } from '../../../../server/contract/promptSet.js';
import { strings } from '../../client/strings.js';
import { DeleteIcon, RenameIcon } from './Icons.js';
import type { PromptSetActions } from './usePromptSets.js';

interface PromptSetRowProps {
  readonly set: PromptSet;
  readonly actions: PromptSetActions;
  readonly onApply: () => void;
  /** The row is gone, and the focus with it. */
  readonly onRemoved: () => void;
  /** May be renamed and deleted. */
  readonly mayChange: boolean;
}

/** What takes the place of the button that had the focus takes the focus too. */
const focusOnMount = (element: HTMLElement | null) => element?.focus();

/** One set: used by a click on its name; renamed in place; deleted after a question. */
export function PromptSetRow({ set, actions, onApply, onRemoved, mayChange }: PromptSetRowProps) {
  const [doing, setDoing] = useState<'renaming' | 'deleting'>();
  const [name, setName] = useState(set.name);
  const row = useRef<HTMLButtonElement>(null);
  const leave = () => {
    setDoing(undefined);
    requestAnimationFrame(() => row.current?.focus());
  };
  const leaveByEscape = (event: KeyboardEvent) => {
    if (event.key === 'Escape') leave();
  };

  if (doing === 'renaming') {
    const rename = async () => {
      if (name.trim() !== '' && (await actions.rename(set, name.trim()))) leave();
    };
    return (
      <li>
        <form
          className="promptseg-inline"
          onKeyDown={leaveByEscape}
          onSubmit={(event) => {
            event.preventDefault();
            void rename();
          }}
        >
          <input
            type="text"
            className="promptseg-name"
            ref={focusOnMount}
            value={name}
            maxLength={80}
            aria-label={strings.sets.name}
            onChange={({ target }) => setName(target.value)}
          />
          <button type="submit" className="promptseg-link">
            {strings.sets.keepName}
          </button>
        </form>
      </li>
    );
  }
  if (doing === 'deleting') {
    return (
      <li>
        <fieldset className="promptseg-inline" onKeyDown={leaveByEscape}>
          <legend>{strings.sets.really(set.name)}</legend>
          <button
            type="button"
            className="promptseg-link"
            onClick={() => void actions.remove(set).then((removed) => removed && onRemoved())}
            data-promptseg="really-delete-set"
          >
            {strings.sets.remove}
          </button>
          <button type="button" className="promptseg-link" ref={focusOnMount} onClick={leave}>
            {strings.sets.keep}
          </button>
        </fieldset>
      </li>
    );
  }
  return (
    <li className="promptseg-inline" data-promptseg="set">
      <button
        ref={row}
        type="button"
        className="promptseg-row"
        title={set.prompts.join('\n')}
        aria-description={strings.sets.apply(set.name)}
        onClick={onApply}
        data-promptseg="apply-set"
      >
        <span className="promptseg-ellipsis">{set.name}</span>
        <span className="promptseg-fine promptseg-figure">
          {[...(set.modality === undefined ? [] : [set.modality]), strings.sets.prompts(set.prompts.length)].join(
            ' · ',
          )}
        </span>
      </button>
      {mayChange && (
        <>
          <button
            type="button"
            className="promptseg-icon-button"
            aria-label={strings.sets.renameSet(set.name)}
            title={strings.sets.rename}
            onClick={() => {
              setName(set.name);
              setDoing('renaming');
            }}
            data-promptseg="rename-set"
          >
            <RenameIcon />
          </button>
          <button
            type="button"
            className="promptseg-icon-button"
            aria-label={strings.sets.removeSet(set.name)}
            title={strings.sets.remove}
            onClick={() => setDoing('deleting')}
            data-promptseg="delete-set"
          >
            <DeleteIcon />
          </button>
        </>
      )}
    </li>
  );
}
