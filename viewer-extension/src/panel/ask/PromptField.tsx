import {
  type ClipboardEvent,
  type Dispatch,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  type SetStateAction,
  useId,
  useRef,
  useState,
} from 'react';
import type { ResolutionView, Suggestion, SuggestView } from '../../../../server/contract/prompts.js';
import { strings } from '../../client/strings.js';
import { Marked } from './Marked.js';
import { PromptChip } from './PromptChip.js';
import { lastPart, linesOf, longestPrompt, replacePart } from './promptParts.js';
import { addPrompts, changePrompt, editPrompt, keepText, type Question, removePrompt } from './question.js';
import { optionId, SuggestionList } from './SuggestionList.js';
import type { UnknownContext } from './UnknownParts.js';
import { partsOf, type Resolution } from './useResolution.js';

interface PromptFieldProps {
  readonly box: RefObject<HTMLInputElement>;
  readonly question: Question;
  readonly onQuestion: Dispatch<SetStateAction<Question>>;
  readonly resolution: Resolution;
  readonly about: UnknownContext;
  /** How the text in the box was read; what is not known is struck through. */
  readonly parts: readonly ResolutionView[];
  /** Enter was pressed, and the server reads. */
  readonly busy: boolean;
  readonly view: SuggestView;
  /** Whether the list of names may show; the field asks for it while somebody types. */
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly placeholder: string;
  readonly describedBy: string;
  readonly onSubmit: () => void;
  /** What the text was understood as, and the button that runs it: nothing covers it, the list of names opens below. */
  readonly children: ReactNode;
}

/**
 * The box for free text with the finished prompts in front of it: a combobox (ARIA 1.2, list autocomplete) next to a
 * list of chips that arrow keys walk through.
 */
export function PromptField(props: PromptFieldProps) {
  const { box, question, onQuestion, resolution, about, parts, busy, view, open, onOpen } = props;
  const { placeholder, describedBy, onSubmit, children } = props;
  const id = useId();
  const listId = `${id}-names`;
  const chips = useRef<HTMLUListElement>(null);
  const marks = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(-1);
  const [said, setSaid] = useState('');
  const { suggestions } = view;
  const expanded = open && suggestions.length > 0;

  /** To the chip at `place`; beyond the last one to the box. */
  const focusChip = (place: number) => {
    const bodies = [...(chips.current?.querySelectorAll<HTMLElement>('.promptseg-prompt-body') ?? [])];
    (place >= bodies.length ? box.current : bodies[Math.max(0, place)])?.focus();
  };
  const close = () => {
    onOpen(false);
    setActive(-1);
  };
  const choose = ({ name }: Suggestion) => {
    onQuestion((now) => ({ ...addPrompts(now, [lastPart(now.text).before, name]), text: '' }));
    setSaid(strings.suggestions.added(name));
    close();
    box.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    // Enter that ends a composition (Japanese, Chinese, Korean input) chooses a word; Safari reports it by key code
    // only.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const { key, shiftKey } = event;
    const atStart = event.currentTarget.selectionStart === 0 && event.currentTarget.selectionEnd === 0;
    const chosen = expanded ? suggestions[active] : undefined;
    if (key === 'Enter') {
      event.preventDefault();
      if (chosen !== undefined) choose(chosen);
      else if (shiftKey) onQuestion(keepText);
      else onSubmit();
      if (chosen === undefined) close();
    } else if (key === 'ArrowDown' || key === 'ArrowUp') {
      event.preventDefault();
      const step = key === 'ArrowDown' ? 1 : -1;
      if (expanded) setActive(((active + step + suggestions.length + 2) % (suggestions.length + 1)) - 1);
      else onOpen(true);
    } else if (key === 'Escape' && expanded) {
      event.stopPropagation();
      close();
    } else if (key === 'Escape') {
      // To the panel, where digits and letters are shortcuts.
      event.currentTarget.closest<HTMLElement>('.promptseg')?.focus();
    } else if ((key === 'Backspace' || key === 'ArrowLeft') && atStart && question.prompts.length > 0) {
      event.preventDefault();
      focusChip(question.prompts.length - 1);
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    const lines = linesOf(event.clipboardData.getData('text'));
    if (lines.length < 2) return;
    event.preventDefault();
    onQuestion((now) => addPrompts(keepText(now), lines));
  };
  const remove = (place: number, key: number, text: string, toward: 'before' | 'behind') => {
    // Before it goes, so that the focus never falls out of the panel.
    focusChip(question.prompts.length === 1 ? 1 : toward === 'behind' ? place + 1 : place === 0 ? 1 : place - 1);
    onQuestion((now) => removePrompt(now, key));
    setSaid(strings.chips.removed(text));
  };

  return (
    <div className="promptseg-combobox">
      {/* A click beside the chips means the box. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: the box has the keys */}
      <div
        className="promptseg-field"
        onClick={(event) => event.target === event.currentTarget && box.current?.focus()}
      >
        {question.prompts.length > 0 && (
          <ul className="promptseg-prompts" aria-label={strings.chips.region} ref={chips}>
            {question.prompts.map((prompt, place) => (
              <PromptChip
                key={prompt.key}
                prompt={prompt}
                parts={partsOf(resolution, prompt.text)}
                about={about}
                reachable={place === question.prompts.length - 1}
                onEdit={() => {
                  onQuestion((now) => editPrompt(now, prompt.key));
                  box.current?.focus();
                }}
                onRemove={(toward) => remove(place, prompt.key, prompt.text, toward)}
                onReplace={(part, replacement) => {
                  const changed = replacePart(prompt.text, part, replacement);
                  if (changed === '') return remove(place, prompt.key, prompt.text, 'behind');
                  onQuestion((now) => changePrompt(now, prompt.key, changed));
                  focusChip(place);
                }}
                onMove={(by) => focusChip(place + by)}
                onLeave={() => box.current?.focus()}
              />
            ))}
          </ul>
        )}
        <div className="promptseg-line">
          {/* Behind the text, with the same letters: a text box has no marks of its own. */}
          <div className="promptseg-marks" aria-hidden="true" ref={marks}>
            <Marked text={question.text} parts={parts} />
          </div>
          <input
            ref={box}
            id={`${id}-box`}
            type="text"
            role="combobox"
            aria-label={strings.prompt.label}
            aria-expanded={expanded}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={expanded && active >= 0 ? optionId(listId, active) : undefined}
            aria-describedby={describedBy}
            aria-busy={busy}
            value={question.text}
            maxLength={longestPrompt}
            placeholder={question.prompts.length === 0 ? placeholder : ''}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={({ target }) => {
              onQuestion((now) => ({ ...now, text: target.value }));
              onOpen(lastPart(target.value).typed !== '');
              setActive(-1);
            }}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            onBlur={close}
            onScroll={({ currentTarget }) => {
              if (marks.current) marks.current.scrollLeft = currentTarget.scrollLeft;
            }}
            data-promptseg="prompt"
          />
        </div>
      </div>
      {children}
      {expanded && <SuggestionList id={listId} suggestions={suggestions} active={active} onChoose={choose} />}
      <span role="status" className="promptseg-unseen">
        {expanded ? strings.suggestions.found(suggestions.length) : said}
      </span>
    </div>
  );
}
