import { withoutHidden } from '#contract/shownText.js';

/** A status line on a terminal; nothing elsewhere. */
export interface ProgressLine {
  /** Shows the current step. */
  show(what: string): void;
  /** Shows the progress of the step. */
  detail(message: string): void;
  end(): void;
}

/** @param wanted false if a program reads the output */
export function progressOn(wanted: boolean): ProgressLine {
  let doing = '';
  const draw = (text: string): void => {
    if (wanted && process.stderr.isTTY)
      process.stderr.write(`\r\u001b[K${withoutHidden(text).slice(0, Math.max(0, process.stderr.columns - 1))}`);
  };
  return {
    show(what) {
      doing = what;
      draw(what);
    },
    detail: (message) => draw(`${doing}: ${message}`),
    end: () => draw(''),
  };
}
