import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { RightsContext, rightsOf } from '../client/rights.js';

/** Scopes of roles; `server/src/access/roles.ts` has the whole table. */
export const viewer = ['images:read', 'jobs:read', 'rules:read'];
export const researcher = [...viewer, 'images:store', 'jobs:write'];
export const rulesAdministrator = [...researcher, 'rules:write'];

/** An account that made what {@link ada} made. */
export const ada = { kind: 'user', subject: 'ada', displayName: 'Ada' } as const;

/**
 * What an account with these scopes can press: texts or labels of buttons, items of menus and switches.
 * @param evenDisabled also what cannot be pressed as things stand
 */
export function buttonsFor(scopes: readonly string[], element: ReactElement, evenDisabled = false): readonly string[] {
  const rights = rightsOf({ ...ada, scopes: [...scopes] });
  const markup = renderToStaticMarkup(<RightsContext.Provider value={rights}>{element}</RightsContext.Provider>);
  const pressed = [...markup.matchAll(/<(button|input)\b([^>]*)>(.*?)(?=<)/gs)];
  return pressed
    .filter(([, , attributes]) => evenDisabled || !/\bdisabled=""|aria-disabled="true"/.test(attributes ?? ''))
    .map(([, , attributes = '', text = '']) => /aria-label="([^"]*)"/.exec(attributes)?.[1] ?? text.trim());
}
