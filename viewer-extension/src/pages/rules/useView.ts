import { useCallback, useEffect, useRef, useState } from 'react';
import { addressOf, type View, viewOfAddress } from './address.js';

export interface Navigation {
  readonly view: View;
  /** The view that the reader wants to open while something is not saved. */
  readonly asked: View | undefined;
  go(view: View): void;
  /** Whether to go there though something is not saved. */
  decide(yes: boolean): void;
  /** True while something is not saved: nothing leaves the view without a question. */
  hold(isHeld: boolean): void;
}

/** The view and the ways between views: links of the page, the browser's buttons, closing the window. */
export function useView(): Navigation {
  const [view, setView] = useState(viewOfAddress);
  const [asked, setAsked] = useState<View>();
  const held = useRef(false);
  const shown = useRef(view);
  shown.current = view;

  const show = useCallback((next: View): void => {
    held.current = false;
    if (addressOf(next) !== location.pathname + location.search) history.pushState(null, '', addressOf(next));
    setView(next);
    scrollTo(0, 0);
  }, []);

  useEffect(() => {
    const onPopState = (): void => {
      const next = viewOfAddress();
      if (held.current) {
        history.pushState(null, '', addressOf(shown.current));
        setAsked(next);
      } else setView(next);
    };
    const onBeforeUnload = (event: BeforeUnloadEvent): void => {
      if (held.current) event.preventDefault();
    };
    addEventListener('popstate', onPopState);
    addEventListener('beforeunload', onBeforeUnload);
    return () => {
      removeEventListener('popstate', onPopState);
      removeEventListener('beforeunload', onBeforeUnload);
    };
  }, []);

  return {
    view,
    asked,
    go: (next) => (held.current ? setAsked(next) : show(next)),
    decide(yes) {
      if (yes && asked) show(asked);
      setAsked(undefined);
    },
    hold: useCallback((isHeld: boolean) => {
      held.current = isHeld;
    }, []),
  };
}
