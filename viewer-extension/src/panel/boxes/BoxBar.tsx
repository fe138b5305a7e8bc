import { type KeyboardEvent, type ReactNode, useRef, useState, useSyncExternalStore } from 'react';
import { laterStrings } from '../../client/laterStrings.js';
import type { ActiveSeries } from '../host.js';
import { useReveal } from '../results/useReveal.js';
import { TroubleText } from '../TroubleText.js';
import { useShortcuts } from '../useShortcuts.js';
import type { BoxStore } from './boxStore.js';
import { problemOf, sizeOf } from './boxTexts.js';

const texts = laterStrings.box;

interface BoxBarProps {
  readonly boxes: BoxStore;
  /** What is to be marked, as a heading. */
  readonly title: string;
  /** The images that are meant; undefined where the viewer does not have them. */
  readonly images: ActiveSeries | undefined;
  /** What must be known besides the box; undefined until it is. A correction has its name already. */
  readonly name?: string;
  readonly hasName: boolean;
  /** Whether the mask goes on from slice to slice, unless the reader says otherwise. */
  readonly throughSlices: boolean;
  readonly send: string;
  /** The field of the name, if there is one, and notes. */
  readonly children?: ReactNode;
}

/** What the box is for, how large it is, and what is to become of it. Enter sends it, Escape takes it away. */
export function BoxBar({ boxes, title, images, name, hasName, send, children, ...usual }: BoxBarProps) {
  const { boxing } = useSyncExternalStore(boxes.subscribe, boxes.state);
  const [throughSlices, setThroughSlices] = useState(usual.throughSlices);
  const bar = useRef<HTMLDivElement>(null);
  useReveal(bar);
  const problem = boxing && problemOf(boxing, images);
  const canSend = boxing?.box !== undefined && !boxing.sending && problem === undefined && hasName;
  const onSend = () => {
    if (canSend) void boxes.send({ throughSlices, ...(name !== undefined && { name }) });
  };
  useShortcuts({
    enter({ target }) {
      // On a button, it presses the button.
      if (boxing?.box === undefined || (target instanceof Element && target.matches('button, a, input'))) return false;
      onSend();
      return true;
    },
    escape() {
      boxes.cancel();
      return true;
    },
  });
  const onKeyDown = (event: KeyboardEvent) => {
    // The shortcuts are for outside of text.
    if (!(event.target instanceof HTMLInputElement) || event.target.type !== 'text' || event.nativeEvent.isComposing)
      return;
    if (event.key === 'Enter') onSend();
    if (event.key === 'Escape') boxes.cancel();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset in a card brings borders and a legend of its own
    <div
      className="promptseg-edit"
      ref={bar}
      role="group"
      aria-label={title}
      onKeyDown={onKeyDown}
      data-promptseg="box"
    >
      <p>{title}</p>
      <p className="promptseg-muted" role="status" data-promptseg="box-state">
        {problem ?? (boxing?.box === undefined ? texts.draw : sizeOf(boxing.box))}
      </p>
      {children}
      <label className="promptseg-lock" title={texts.throughHint}>
        <input
          type="checkbox"
          className="promptseg-checkbox"
          checked={throughSlices}
          onChange={({ target }) => setThroughSlices(target.checked)}
          data-promptseg="through-slices"
        />
        {texts.through}
      </label>
      {boxing?.trouble && <TroubleText trouble={boxing.trouble} />}
      <div className="promptseg-buttons">
        <button
          type="button"
          className="promptseg-primary"
          aria-disabled={!canSend}
          onClick={onSend}
          data-promptseg="send-box"
        >
          {boxing?.sending ? texts.sending : send}
        </button>
        <button type="button" className="promptseg-plain" onClick={() => boxes.cancel()} data-promptseg="cancel-box">
          {texts.cancel}
        </button>
      </div>
    </div>
  );
}
