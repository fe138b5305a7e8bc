import { type RefObject, useEffect } from 'react';

/** Whether keys mean text where the focus is. */
function isTyping(target: EventTarget | null): boolean {
  const element = target instanceof HTMLElement ? target : null;
  return (
    element !== null &&
    (element.isContentEditable || element.matches('input:not([type=checkbox], [type=radio]), textarea, select'))
  );
}

/** What a key without Ctrl, Alt or Meta does, by `event.key` in lower case; false where it does nothing now. */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => boolean>>;

/**
 * Keys of the panel, wherever the focus is but in a text. They come before the viewer's own, which listens on the
 * document too.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || isTyping(event.target)) return;
      const act = shortcuts[event.key.toLowerCase()];
      if (act === undefined || !act(event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  });
}

/** Whether the focus is in an element. */
export const isWithin = (element: RefObject<HTMLElement>, target: EventTarget | null): boolean =>
  target instanceof Node && element.current?.contains(target) === true;
