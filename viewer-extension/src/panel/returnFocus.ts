/**
 * Moves the focus to an element after something that covered the images was closed. OHIF blurs the focused element when
 * the pointer enters its viewports (`handleMouseEnter` of its viewer layout), and that also happens when the viewports
 * appear under a resting pointer. Keyboard users keep the focus, until the pointer moves.
 */
export function returnFocus(element: HTMLElement): void {
  element.focus();
  if (!element.matches(':focus-visible')) return;
  const listening = new AbortController();
  const options = { signal: listening.signal, capture: true };
  window.addEventListener('pointermove', () => listening.abort(), options);
  element.addEventListener(
    'blur',
    () => {
      // The blur comes first, then the new focus, if there is any.
      setTimeout(() => {
        if (listening.signal.aborted) return;
        if (document.activeElement === document.body) element.focus();
        else listening.abort();
      });
    },
    options,
  );
}
