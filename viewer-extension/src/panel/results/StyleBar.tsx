import { useId, useState } from 'react';
import { laterStrings } from '../../client/laterStrings.js';
import type { Host, Style } from '../host.js';
import type { JobResult } from './results.js';

const texts = laterStrings.style;

interface StyleBarProps {
  readonly result: JobResult;
  readonly style: NonNullable<Host['style']>;
}

/** How opaque a result is drawn, and whether with outlines. */
export function StyleBar({ result: { stored }, style }: StyleBarProps) {
  const id = useId();
  const [now, setNow] = useState(() => style.of(stored.seriesInstanceUID));
  const change = (changed: Partial<Style>) => {
    const next = { ...now, ...changed };
    setNow(next);
    style.set(stored.seriesInstanceUID, next);
  };
  return (
    <div className="promptseg-style" data-promptseg="style">
      <label htmlFor={id}>{texts.opacity}</label>
      <input
        id={id}
        type="range"
        className="promptseg-slider"
        min={0}
        max={100}
        step={5}
        value={Math.round(now.opacity * 100)}
        onChange={({ target }) => change({ opacity: Number(target.value) / 100 })}
        // The viewer turns slices by arrow keys.
        onKeyDown={(event) => event.stopPropagation()}
        data-promptseg="opacity"
      />
      <label>
        <input
          type="checkbox"
          className="promptseg-checkbox"
          checked={now.hasOutline}
          onChange={({ target }) => change({ hasOutline: target.checked })}
          data-promptseg="outline"
        />
        {texts.outline}
      </label>
    </div>
  );
}
