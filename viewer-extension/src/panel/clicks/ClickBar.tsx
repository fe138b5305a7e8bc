import { useEffect, useRef } from 'react';
import { laterStrings } from '../../client/laterStrings.js';
import { strings } from '../../client/strings.js';
import { Dot } from '../Dot.js';
import type { PromptKind } from '../host.js';
import { Question } from '../results/Question.js';
import { useReveal } from '../results/useReveal.js';
import { TroubleText } from '../TroubleText.js';
import { useShortcuts } from '../useShortcuts.js';
import { type Clicking, canAccept, clicksAfter, targetOf } from './clicking.js';
import type { ClickStore } from './clickStore.js';
import { NeighbourChoice } from './NeighbourChoice.js';

const texts = laterStrings.clicks;

interface ClickBarProps {
  readonly clicks: ClickStore;
  readonly clicking: Clicking;
}

/**
 * What is corrected, whether the mouse clicks or draws, what that means, and what becomes of it. Enter stores it,
 * Escape discards it.
 */
export function ClickBar({ clicks, clicking }: ClickBarProps) {
  const { part, tool, tools, undone, work, asksToDiscard, notTaken, trouble } = clicking;
  const bar = useRef<HTMLDivElement>(null);
  useReveal(bar);
  const target = targetOf(clicking);
  const count = clicksAfter(clicking).length;
  const mayStore = canAccept(clicking);
  useShortcuts({
    enter({ target: pressed }) {
      // On a button, it presses the button.
      if (asksToDiscard || (pressed instanceof Element && pressed.matches('button, a, input, select, summary')))
        return false;
      void clicks.accept();
      return true;
    },
    escape() {
      // The question has an Escape of its own.
      if (asksToDiscard) return false;
      clicks.reject();
      return true;
    },
    x() {
      clicks.choose(!part);
      return true;
    },
    ...Object.fromEntries(
      tools.map((kind) => [
        keys[kind],
        () => {
          clicks.take(kind);
          return true;
        },
      ]),
    ),
  });
  useUndoKeys(clicks);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset in a card brings borders and a legend of its own
    <div
      className="promptseg-edit"
      ref={bar}
      role="group"
      aria-label={texts.title(target?.name ?? '')}
      data-promptseg="clicks"
      data-work={work ?? 'none'}
      data-clicks={count}
    >
      <p className="promptseg-clicks-title">
        {target && <Dot colour={target.displayColour} />}
        {texts.title(target?.name ?? '')}
      </p>
      {tools.length > 1 && (
        // biome-ignore lint/a11y/useSemanticElements: as above
        <div className="promptseg-clicks-kinds" role="group" aria-label={texts.tool}>
          {tools.map((kind) => (
            <button
              key={kind}
              type="button"
              className="promptseg-plain"
              aria-pressed={tool === kind}
              aria-keyshortcuts={keys[kind]}
              title={texts.tools[kind].hint}
              onClick={() => clicks.take(kind)}
              data-promptseg={`tool-${kind}`}
            >
              {texts.tools[kind].name}
            </button>
          ))}
        </div>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div className="promptseg-clicks-kinds" role="group" aria-label={texts.kind}>
        {[true, false].map((kind) => (
          <button
            key={String(kind)}
            type="button"
            className="promptseg-plain"
            aria-pressed={part === kind}
            title={tool === 'click' ? texts.kindHint : texts.kindHintOfLines}
            onClick={() => clicks.choose(kind)}
            data-promptseg={kind ? 'click-part' : 'click-not-part'}
          >
            <span className="promptseg-clicks-sign" data-part={kind} aria-hidden="true">
              {kind ? '+' : '−'}
            </span>
            {kind ? texts.part : texts.notPart}
          </button>
        ))}
      </div>
      <p className="promptseg-muted" role="status" data-promptseg="click-state">
        {work ? workInWords(clicking) : count === 0 ? howTo(clicking) : texts.made(count)}
      </p>
      <NeighbourChoice clicks={clicks} clicking={clicking} />
      {notTaken && (
        <p className="promptseg-clicks-refused" role="alert" data-promptseg="click-refused">
          {texts.notTaken(notTaken)}
        </p>
      )}
      {trouble && <TroubleText trouble={trouble} />}
      {asksToDiscard ? (
        <Question
          text={texts.reallyDiscard(count)}
          yes={texts.discard}
          no={texts.keep}
          onYes={() => void clicks.discard()}
          onNo={() => clicks.keep()}
        />
      ) : (
        <div className="promptseg-buttons">
          {trouble ? (
            <button
              type="button"
              className="promptseg-primary"
              onClick={() => clicks.retry()}
              data-promptseg="retry-clicks"
            >
              {strings.job.retry}
            </button>
          ) : (
            <button
              type="button"
              className="promptseg-primary"
              aria-disabled={!mayStore}
              onClick={() => void clicks.accept()}
              data-promptseg="store-clicks"
            >
              {texts.store}
            </button>
          )}
          <button
            type="button"
            className="promptseg-plain"
            aria-disabled={count === 0}
            title={texts.undoHint}
            onClick={() => clicks.undo()}
            data-promptseg="undo-click"
          >
            {texts.undo}
          </button>
          <button
            type="button"
            className="promptseg-plain"
            aria-disabled={undone.length === 0}
            title={texts.redoHint}
            onClick={() => clicks.redo()}
            data-promptseg="redo-click"
          >
            {texts.redo}
          </button>
          <button
            type="button"
            className="promptseg-plain"
            onClick={() => clicks.reject()}
            data-promptseg="discard-clicks"
          >
            {count === 0 ? texts.cancel : texts.discard}
          </button>
          {count > 0 && (
            <button
              type="button"
              className="promptseg-plain"
              title={texts.laterHint}
              onClick={() => clicks.pause()}
              data-promptseg="pause-clicks"
            >
              {texts.later}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Keys are those of their English names, whatever the language of the panel. */
const keys: Readonly<Record<PromptKind, string>> = { click: 'c', scribble: 's', lasso: 'l' };

function workInWords({ work, before = 0 }: Clicking): string {
  const text = work ? texts.work[work] : '';
  return before > 0 ? `${text} ${strings.job.queued(before)}.` : text;
}

function howTo({ of, tool }: Clicking): string {
  if (tool !== 'click') return texts.tools[tool].how;
  return 'made' in of ? texts.howNew : texts.how;
}

/** Ctrl or Command with Z and Y, before the viewer, which has an undo of its own. */
function useUndoKeys(clicks: ClickStore): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== 'z' && key !== 'y')) return;
      if (event.target instanceof Element && event.target.matches('input, textarea, select')) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (key === 'y' || event.shiftKey) clicks.redo();
      else clicks.undo();
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, [clicks]);
}
