import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { WithAccount } from './WithAccount.js';

/** Shows a page, which knows whose account it has. @param id of the element that the page goes into */
export function renderPage(content: ReactNode, id = 'page'): void {
  const root = document.getElementById(id);
  if (root !== null) createRoot(root).render(<WithAccount>{content}</WithAccount>);
}
