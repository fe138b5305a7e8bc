import { useId, useLayoutEffect, useRef, useState } from 'react';
import type { Feedback } from '../../../../server/contract/job.js';
import { useRights } from '../../client/rights.js';
import { strings } from '../../client/strings.js';

interface JudgementProps {
  readonly name: string;
  readonly feedback: Feedback | undefined;
  /** @returns whether it was stored */
  readonly onJudge: (feedback: Pick<Feedback, 'verdict' | 'reason'> | undefined) => Promise<boolean>;
}

/** Whether a reader accepts a finding, and why not. */
export function Judgement({ name, feedback, onJudge }: JudgementProps) {
  const [isRejecting, setRejecting] = useState(false);
  const [reason, setReason] = useState('');
  const mayJudge = useRights().may('jobs:write');
  const group = useRef<HTMLDivElement>(null);
  const id = useId();

  /** Whether the pressed button is about to disappear: the focus moves to what replaces it. */
  const isMoving = useRef(false);

  // At once, not a moment later: what is typed meanwhile would reach the viewer, to which H means "flip the image".
  // biome-ignore lint/correctness/useExhaustiveDependencies: these two change what is there
  useLayoutEffect(() => {
    if (!isMoving.current) return;
    isMoving.current = false;
    group.current?.querySelector<HTMLElement>('input, button')?.focus();
    group.current?.scrollIntoView({ block: 'nearest' });
  }, [isRejecting, feedback]);

  const setRejectingByHand = (now: boolean) => {
    isMoving.current = true;
    setRejecting(now);
  };
  const judge = async (given: Parameters<typeof onJudge>[0]) => {
    isMoving.current = true;
    if (!(await onJudge(given))) return;
    setRejecting(false);
    setReason('');
  };

  if (feedback === undefined && !mayJudge) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset in a list brings borders and a legend of its own
    <div className="promptseg-judgement" role="group" aria-label={strings.feedback.region(name)} ref={group}>
      {feedback !== undefined ? (
        <>
          <p data-promptseg="feedback">
            {strings.feedback.verdicts[feedback.verdict]}
            {feedback.reason !== undefined && `: ${feedback.reason}`}
            {feedback.by !== undefined && ` (${feedback.by.displayName})`}
          </p>
          {mayJudge && (
            <button type="button" className="promptseg-plain" onClick={() => void judge(undefined)}>
              {strings.feedback.takeBack}
            </button>
          )}
        </>
      ) : isRejecting ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const text = reason.trim();
            void judge({ verdict: 'rejected', ...(text !== '' && { reason: text }) });
          }}
        >
          <label htmlFor={id}>{strings.feedback.reason}</label>
          <input
            id={id}
            value={reason}
            maxLength={2000}
            placeholder={strings.feedback.reasonExample}
            onChange={({ target }) => setReason(target.value)}
            data-promptseg="reason"
          />
          <div className="promptseg-buttons">
            <button type="submit" className="promptseg-plain">
              {strings.feedback.send}
            </button>
            <button type="button" className="promptseg-plain" onClick={() => setRejectingByHand(false)}>
              {strings.feedback.cancel}
            </button>
          </div>
        </form>
      ) : (
        <>
          <p>{strings.feedback.question}</p>
          <button
            type="button"
            className="promptseg-plain"
            onClick={() => void judge({ verdict: 'accepted' })}
            data-promptseg="accept"
          >
            {strings.feedback.accept}
          </button>
          <button
            type="button"
            className="promptseg-plain"
            onClick={() => setRejectingByHand(true)}
            data-promptseg="reject"
          >
            {strings.feedback.reject}
          </button>
        </>
      )}
    </div>
  );
}
