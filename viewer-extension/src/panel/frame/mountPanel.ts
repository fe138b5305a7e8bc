import { createRoot } from 'react-dom/client';
import type { Host } from '../host.js';
import theme from '../theme.css';
import { addPanelStyles, createPanel } from './createPanel.js';

export * from '../host.js';

export interface MountedPanel {
  /** Forgets the study on screen: its images were closed. */
  closeStudy(): void;
  unmount(): void;
}

/**
 * Mounts the panel in an element of any page on the server's origin.
 * @param element empty, at least 280 px wide
 */
export function mountPanel(element: HTMLElement, host: Host): MountedPanel {
  addPanelStyles();
  const style = document.createElement('style');
  style.textContent = theme;
  document.head.prepend(style);
  const { content, closeStudy } = createPanel(host);
  const root = createRoot(element);
  root.render(content);
  return { closeStudy, unmount: () => root.unmount() };
}
