import { type KeyboardEvent, type RefObject, useId } from 'react';
import type { Api } from '../api/api.js';
import { strings } from '../strings.js';
import type { ActiveSeries } from './host.js';
import { longestPrompt, promptsOf, replacePart } from './promptText.js';
import { Understood } from './Understood.js';
import { nothingUnderstood, useResolution } from './useResolution.js';

interface PromptBoxProps {
  readonly api: Api;
  readonly box: RefObject<HTMLTextAreaElement>;
  readonly series: ActiveSeries | undefined;
  readonly sending: boolean;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Like `onText`, for a text that a click brought: the box gets the focus back. */
  readonly onSuggestion: (text: string) => void;
  readonly onSubmit: (prompts: string[]) => void;
}

/** The question: a box for free text, what it is understood as while it is typed, and the button that runs it. */
export function PromptBox({ api, box, series, sending, text, onText, onSuggestion, onSubmit }: PromptBoxProps) {
  const id = useId();
  const resolution = useResolution(api, text, series?.modality);
  const prompts = promptsOf(text);
  const ready = series !== undefined && prompts.length > 0 && !sending && !nothingUnderstood(resolution, text);

  const submit = () => {
    if (ready) onSubmit(prompts);
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that ends a composition (Japanese, Chinese, Korean input) chooses a word; Safari reports it by key code only.
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || composing) return;
    event.preventDefault();
    submit();
  };

  return (
    <form
      className="promptseg-ask"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label htmlFor={id}>{strings.prompt.label}</label>
      <textarea
        id={id}
        ref={box}
        rows={2}
        value={text}
        maxLength={longestPrompt}
        placeholder={strings.prompt.placeholder}
        aria-describedby={`${id}-hint ${id}-understood`}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKeyDown}
        data-promptseg="prompt"
      />
      <Understood
        id={`${id}-understood`}
        resolution={resolution}
        current={resolution.text === text}
        onReplace={(part, replacement) => onSuggestion(replacePart(text, part, replacement))}
        api={api}
      />
      <div className="promptseg-run">
        <span id={`${id}-hint`} className="promptseg-muted" title={strings.prompt.hintInFull}>
          {strings.prompt.hint}
        </span>
        <button type="submit" className="promptseg-primary" disabled={!ready} data-promptseg="run">
          {sending ? strings.prompt.sending : strings.prompt.run}
        </button>
      </div>
    </form>
  );
}
