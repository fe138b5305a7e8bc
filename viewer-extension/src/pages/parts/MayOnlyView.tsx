import { pageStrings } from '../../client/pageStrings.js';
import { useRights } from '../../client/rights.js';
import { Banner } from './Banner.js';

/** The least role that has the scope (`server/src/access/roles.ts`). */
const roles = { 'jobs:write': 'researcher', 'rules:write': 'rules-administrator' } as const;

/** Why the buttons of a page are missing, where the account may not use them. */
export function MayOnlyView({ needs }: { needs: keyof typeof roles }) {
  if (useRights().may(needs)) return null;
  return <Banner kind="notice" sentence={pageStrings.account.mayOnlyView(roles[needs])} />;
}
