import { useLayoutEffect, useRef } from 'react';

interface QuestionProps {
  readonly text: string;
  readonly yes: string;
  readonly no: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

/**
 * Asks before something that cannot be undone. The choice that changes nothing has the focus; Escape selects it too.
 */
export function Question({ text, yes, no, onYes, onNo }: QuestionProps) {
  const keep = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => keep.current?.focus(), []);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset in a card brings borders and a legend of its own
    <div
      className="promptseg-question"
      role="group"
      aria-label={text}
      data-promptseg="question"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onNo();
      }}
    >
      <p>{text}</p>
      <div className="promptseg-buttons">
        <button type="button" className="promptseg-danger" onClick={onYes}>
          {yes}
        </button>
        <button type="button" className="promptseg-plain" ref={keep} onClick={onNo}>
          {no}
        </button>
      </div>
    </div>
  );
}
