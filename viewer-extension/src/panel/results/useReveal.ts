import { type RefObject, useEffect } from 'react';

/** Scrolls something that has just been opened into the part of the list that is seen. */
export function useReveal(element: RefObject<HTMLElement>): void {
  useEffect(() => {
    // Newer browsers return a promise, which is not a clean-up.
    void element.current?.scrollIntoView({ block: 'nearest' });
  }, [element]);
}
