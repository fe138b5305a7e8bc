import { Fragment, type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react';

export interface MenuItem {
  readonly label: string;
  readonly run: () => void;
  /** Begins a new group. */
  readonly separated?: boolean;
}

/** An item that leads to others, which take the menu's place. */
export interface SubMenu {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly separated?: boolean;
}

interface MenuProps {
  readonly label: string;
  readonly items: readonly (MenuItem | SubMenu)[];
  readonly children: ReactNode;
}

/** Distance between the button and its menu, and from the window's edge, in px. */
const gap = 4;

/**
 * A button that opens a menu according to the ARIA Authoring Practices. The menu is in the browser's top layer, so that
 * no scrolling list clips it; the browser closes it on Escape and on a click elsewhere, and restores the focus.
 */
export function Menu({ label, items, children }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  /** Label of the item whose own items are shown. */
  const [within, setWithin] = useState<string>();
  const outer = items.find((item): item is SubMenu => 'items' in item && item.label === within);
  const shown = outer?.items ?? items;

  useLayoutEffect(() => {
    const element = menu.current;
    if (element === null) return;
    // React 18 knows no `popover`.
    element.popover = 'auto';
    const onToggle = (event: Event) => {
      const isNow = (event as ToggleEvent).newState === 'open';
      setOpen(isNow);
      if (!isNow) setWithin(undefined);
    };
    element.addEventListener('toggle', onToggle);
    return () => element.removeEventListener('toggle', onToggle);
  }, []);

  const open = () => {
    if (menu.current === null || button.current === null) return;
    menu.current.showPopover();
    place(menu.current, button.current.getBoundingClientRect());
    menu.current.querySelector('button')?.focus();
  };

  // Going in and out, the focus goes along, and the menu stays within the window.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown changes with it
  useLayoutEffect(() => {
    if (!isOpen || menu.current === null || button.current === null) return;
    place(menu.current, button.current.getBoundingClientRect());
    menu.current.querySelector('button')?.focus();
  }, [within]);

  const onKeyDown = (event: KeyboardEvent) => {
    // The viewer turns slices by arrow keys.
    event.stopPropagation();
    const buttons = [...(menu.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % buttons.length,
      ArrowUp: (at - 1 + buttons.length) % buttons.length,
      Home: 0,
      End: buttons.length - 1,
    };
    const target = targets[event.key];
    const item = shown[outer === undefined ? at : at - 1];
    if (event.key === 'ArrowRight' && item !== undefined && 'items' in item) setWithin(item.label);
    if (event.key === 'ArrowLeft') setWithin(undefined);
    if (event.key === 'Tab') menu.current?.hidePopover();
    if (target === undefined) return;
    event.preventDefault();
    buttons[target]?.focus();
  };

  return (
    <>
      <button
        type="button"
        ref={button}
        className="promptseg-icon-button"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={id}
        aria-label={label}
        title={label}
        onClick={() => (isOpen ? menu.current?.hidePopover() : open())}
        data-promptseg="menu"
      >
        {children}
      </button>
      <div ref={menu} id={id} role="menu" aria-label={label} className="promptseg-menu" onKeyDown={onKeyDown}>
        {outer && (
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            className="promptseg-menu-back"
            onClick={() => setWithin(undefined)}
          >
            {outer.label}
          </button>
        )}
        {shown.map((item, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two results may be called the same
          <Fragment key={`${item.label} ${place}`}>
            {item.separated && <hr />}
            <button
              type="button"
              role="menuitem"
              tabIndex={-1}
              aria-haspopup={'items' in item ? 'menu' : undefined}
              onClick={() => {
                if ('items' in item) return setWithin(item.label);
                menu.current?.hidePopover();
                item.run();
              }}
            >
              {item.label}
            </button>
          </Fragment>
        ))}
      </div>
    </>
  );
}

/** Below the button, right edges aligned; above it if the window ends before. */
function place(menu: HTMLElement, anchor: DOMRect): void {
  const { width, height } = menu.getBoundingClientRect();
  const below = anchor.bottom + gap;
  const top = below + height + gap > window.innerHeight ? Math.max(gap, anchor.top - gap - height) : below;
  menu.style.top = `${top}px`;
  menu.style.left = `${Math.max(gap, anchor.right - width)}px`;
}
