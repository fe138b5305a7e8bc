import { type ReactNode, useEffect, useId, useRef } from 'react';

interface QuestionProps {
  readonly isAsked: boolean;
  readonly title: string;
  readonly yes: string;
  readonly no: string;
  readonly children: ReactNode;
  readonly onDecision: (yes: boolean) => void;
}

/**
 * Asks before something that cannot be undone. The browser's own dialog keeps the focus inside, closes at Escape and
 * gives the focus back.
 */
export function Question({ isAsked, title, yes, no, children, onDecision }: QuestionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (isAsked) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isAsked]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // Closed by the choice, not by Escape, whose `close` event comes later and would withdraw a question asked
        // meanwhile.
        event.preventDefault();
        onDecision(false);
      }}
    >
      <h2 id={titleId}>{title}</h2>
      <div>{children}</div>
      <div className="question-buttons">
        <button type="button" onClick={() => onDecision(false)}>
          {no}
        </button>
        <button type="button" className="danger" onClick={() => onDecision(true)}>
          {yes}
        </button>
      </div>
    </dialog>
  );
}
