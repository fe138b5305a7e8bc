import { useEffect, useState } from 'react';
import type { Reading } from './reading.js';

interface RunOptions {
  /** What would be run: another text is another question. */
  readonly asked: string;
  /** The server's response to it is in. */
  readonly isRead: boolean;
  /** What it says; undefined if the server could not read it, and a run would say why. */
  readonly reading: Reading | undefined;
  /** Nothing can be run at all. */
  readonly disabled: boolean;
  readonly run: (allowPartial: boolean) => void;
}

export interface Run {
  /** Somebody asked for it before the server's response was in. */
  readonly waiting: boolean;
  /** It was said that a part is left out: the next Enter runs the rest. */
  readonly warned: boolean;
  /** Enter in the box. */
  readonly enter: () => void;
  /** The button, whose label says how much of the text it runs. */
  readonly press: () => void;
}

/**
 * Runs prompts, but only what the server understood of them: it waits for the response, runs nothing if nothing is
 * understood, and a part of a text only after it was said that the rest is left out.
 */
export function useRun({ asked, isRead, reading, disabled, run }: RunOptions): Run {
  const [waitingFor, setWaitingFor] = useState<string>();
  const [warnedOf, setWarnedOf] = useState<string>();
  const isPartial = reading !== undefined && reading.unknown.length > 0;
  const begin = (wasSaid: boolean) => {
    if (disabled || asked === '') return;
    if (!isRead) setWaitingFor(asked);
    else if (reading?.understood === 0) return;
    else if (isPartial && !wasSaid) setWarnedOf(asked);
    else run(isPartial);
  };
  useEffect(() => {
    if (waitingFor === undefined) return;
    const isOver = waitingFor !== asked || disabled;
    if (isOver || isRead) setWaitingFor(undefined);
    if (!isOver && isRead) begin(false);
  });
  const warned = isPartial && warnedOf === asked;
  return {
    waiting: waitingFor === asked && !isRead,
    warned,
    enter: () => begin(warned),
    press: () => begin(true),
  };
}
