import { type ReactNode, useId, useState } from 'react';
import { readStored, store } from '../browserStorage.js';

export interface Drawers {
  /** Id of the element that they open into. */
  readonly id: string;
  /** Name of the open one. */
  readonly open: string | undefined;
  readonly toggle: (name: string) => void;
}

/** What is not needed for every question: one drawer is open at a time, and this browser remembers which. */
export function useDrawers(names: readonly string[]): Drawers {
  const id = useId();
  const [open, setOpen] = useState(() => readStored('drawer', (stored) => names.find((name) => name === stored)));
  return {
    id,
    open,
    toggle(name) {
      const next = open === name ? undefined : name;
      setOpen(next);
      store('drawer', next);
    },
  };
}

interface DrawerButtonProps {
  readonly drawers: Drawers;
  readonly name: string;
  readonly children: ReactNode;
}

export function DrawerButton({ drawers: { id, open, toggle }, name, children }: DrawerButtonProps) {
  return (
    <button
      type="button"
      className="promptseg-drawer"
      aria-expanded={open === name}
      aria-controls={id}
      onClick={() => toggle(name)}
      data-promptseg={`open-${name}`}
    >
      {children}
      <span className="promptseg-chevron" aria-hidden="true" />
    </button>
  );
}
