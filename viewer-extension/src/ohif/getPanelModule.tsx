import * as React from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { strings } from '../client/strings.js';
import { createPanel } from '../panel/frame/createPanel.js';
import { panelName } from './id.js';
import type { Managers } from './ohif.js';
import { createOhifHost } from './ohifHost.js';

/** OHIF asks for the panel module once, so what is made here outlives every mount of the panel. */
export function createPanelModule(managers: Managers) {
  const { content, closeStudy, takeOver } = createPanel(createOhifHost(managers));
  const panel = {
    name: panelName,
    // A label; OHIF's own segmentation tab is beside it in the basic viewer.
    iconName: 'tool-segment-label',
    iconLabel: strings.title,
    label: strings.title,
    component: createIsland(content),
  };
  return { closeStudy, takeOver, panels: [panel] };
}

/**
 * OHIF binds Enter to "accept preview" on the document and prevents its default, so that no button could be pressed by
 * keyboard. The keys that press a button stay with us; arrows and the rest still turn slices after a click in the
 * panel.
 */
function keepOurKeys(event: KeyboardEvent): void {
  if (event.key === 'Enter' || event.key === ' ') event.stopPropagation();
}

/**
 * A component for OHIF's React that holds a React root of our own. It uses no hooks, so it works no matter which copy
 * renders it; and its one element is made by the host's React where the host shares it (OHIF 3.14 and later, React 19),
 * because React 19 rejects elements of React 18.
 */
function createIsland(content: React.ReactElement): () => React.ReactElement {
  let root: Root | undefined;
  const hold = (element: HTMLDivElement | null) => {
    const left = root;
    element?.addEventListener('keydown', keepOurKeys);
    root = element === null ? undefined : createRoot(element);
    root?.render(content);
    // A root must not be unmounted while another copy of React is rendering.
    setTimeout(() => left?.unmount());
  };
  return () => {
    const hostReact = (globalThis as { react?: typeof React }).react ?? React;
    return hostReact.createElement('div', { ref: hold, className: 'promptseg-island' });
  };
}
