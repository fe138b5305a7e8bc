import { type KeyboardEvent, type RefObject, useId, useState } from 'react';
import type { AskingApi } from '../../client/asking.js';
import { laterStrings } from '../../client/laterStrings.js';
import type { ActiveSeries } from '../host.js';
import { optionId, SuggestionList } from './SuggestionList.js';
import { useSuggestions } from './useSuggestions.js';

const texts = laterStrings.box;

interface NameFieldProps {
  readonly api: Pick<AskingApi, 'suggest'>;
  readonly series: ActiveSeries;
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly field: RefObject<HTMLInputElement>;
  /** Value of `data-promptseg`. */
  readonly part: string;
}

/** The name of something new: one structure that a model knows, with its code, or any other words. */
export function NameField({ api, series, name, onName, field, part }: NameFieldProps) {
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const id = useId();
  const { suggestions } = useSuggestions(api, isOpen ? name : undefined, series, undefined);
  const single = suggestions.filter(({ targets }) => targets.length === 1);
  const expanded = isOpen && name !== '' && single.length > 0;
  const choose = (chosen: string) => {
    onName(chosen);
    setOpen(false);
    setActive(-1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = expanded ? single[active] : undefined;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (expanded) setActive(((active + step + single.length + 2) % (single.length + 1)) - 1);
      else setOpen(true);
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.stopPropagation();
      event.preventDefault();
      choose(chosen.name);
    } else if (event.key === 'Escape' && expanded) {
      event.stopPropagation();
      setOpen(false);
    }
  };
  return (
    <div className="promptseg-box-name">
      <label htmlFor={id}>{texts.name}</label>
      <input
        ref={field}
        id={id}
        type="text"
        role="combobox"
        aria-expanded={expanded}
        aria-controls={`${id}-names`}
        aria-autocomplete="list"
        aria-activedescendant={expanded && active >= 0 ? optionId(`${id}-names`, active) : undefined}
        value={name}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        placeholder={texts.nameExample}
        onChange={({ target }) => {
          onName(target.value);
          setOpen(true);
          setActive(-1);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setOpen(false)}
        data-promptseg={part}
      />
      {expanded && (
        <SuggestionList
          id={`${id}-names`}
          suggestions={single}
          active={active}
          onChoose={(suggestion) => choose(suggestion.name)}
        />
      )}
    </div>
  );
}
