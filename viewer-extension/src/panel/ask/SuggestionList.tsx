import { useEffect, useRef } from 'react';
import type { Suggestion } from '../../../../server/contract/prompts.js';
import { strings } from '../../client/strings.js';
import { Dot } from '../Dot.js';

interface SuggestionListProps {
  readonly id: string;
  readonly suggestions: readonly Suggestion[];
  /** Place of the one that Enter would take; -1: none. */
  readonly active: number;
  readonly onChoose: (suggestion: Suggestion) => void;
}

/** The names that fit what is being typed (the listbox of an ARIA 1.2 combobox: the focus stays in the box). */
export function SuggestionList({ id, suggestions, active, onChoose }: SuggestionListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active >= 0) list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      tabIndex={-1}
      aria-label={strings.suggestions.label}
      className="promptseg-listbox"
      // The box keeps the focus.
      onMouseDown={(event) => event.preventDefault()}
      data-promptseg="suggestions"
    >
      {suggestions.map((suggestion, index) => (
        // The box has the focus and its keys; an option is only clicked.
        // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the box chooses
        <div
          key={`${suggestion.name} ${suggestion.models.join(' ')}`}
          id={optionId(id, index)}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className="promptseg-option"
          title={codeOf(suggestion)}
          onClick={() => onChoose(suggestion)}
          data-promptseg="option"
        >
          <SuggestionText suggestion={suggestion} />
        </div>
      ))}
    </div>
  );
}

export const optionId = (listId: string, index: number): string => `${listId}-${index}`;

/** The code of a single structure, for orientation only. */
function codeOf({ targets }: Suggestion): string | undefined {
  const [only, other] = targets;
  return only && other === undefined ? strings.resolution.code(only.code.scheme, only.code.value) : undefined;
}

function SuggestionText({ suggestion: { name, also, targets } }: { suggestion: Suggestion }) {
  const [first] = targets;
  return (
    <>
      {first !== undefined && <Dot colour={first.displayColour} />}
      {/* The blanks are for who hears it: its parts would be read as one word. */}
      <span>
        {name}{' '}
        {also !== undefined && (
          <span className="promptseg-fine">
            {/* Nearly all other names are English. */}
            {strings.suggestions.also} <span lang="en">{also}</span>
          </span>
        )}
      </span>{' '}
      {targets.length > 1 && (
        <span className="promptseg-fine promptseg-figure">{strings.suggestions.several(targets.length)}</span>
      )}
    </>
  );
}
