import { type KeyboardEvent, useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import type { AskingApi } from '../../client/asking.js';
import { laterStrings } from '../../client/laterStrings.js';
import { optionId, SuggestionList } from '../ask/SuggestionList.js';
import { useSuggestions } from '../ask/useSuggestions.js';
import type { ActiveSeries } from '../host.js';
import { BoxBar } from './BoxBar.js';
import type { BoxStore } from './boxStore.js';

const texts = laterStrings.box;

interface NewBoxProps {
  readonly api: Pick<AskingApi, 'suggest'>;
  readonly boxes: BoxStore;
  readonly series: ActiveSeries;
}

/** A box around something that gets a name: one that a model knows, with its code, or any other words. */
export function NewBox({ api, boxes, series }: NewBoxProps) {
  const { boxing } = useSyncExternalStore(boxes.subscribe, boxes.state);
  const [name, setName] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const { suggestions } = useSuggestions(api, isOpen ? name : undefined, series, undefined);
  const single = suggestions.filter(({ targets }) => targets.length === 1);
  const expanded = isOpen && name !== '' && single.length > 0;
  const isDrawn = boxing?.box !== undefined;
  useEffect(() => {
    // The box is there, the name is what is missing.
    if (isDrawn) field.current?.focus();
  }, [isDrawn]);
  const choose = (chosen: string) => {
    setName(chosen);
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
      choose(chosen.name);
    } else if (event.key === 'Escape' && expanded) {
      event.stopPropagation();
      setOpen(false);
    }
  };
  return (
    <BoxBar
      boxes={boxes}
      title={texts.new}
      images={series}
      name={name.trim()}
      hasName={name.trim() !== ''}
      throughSlices
      send={texts.mark}
    >
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
            setName(target.value);
            setOpen(true);
            setActive(-1);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
          data-promptseg="box-name"
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
    </BoxBar>
  );
}
