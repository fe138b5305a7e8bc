import { describe, expect, it } from '@jest/globals';
import type { AccountView } from '../../server/contract/account.js';
import { roles } from '../../server/src/access/roles.js';
import { routeNeeds } from '../../server/src/access/scopes.js';
import { linksFor, pageLinks } from '../../viewer-extension/src/pages/parts/linksFor.js';

const account = (scopes: readonly string[]): AccountView => ({
  kind: 'user',
  subject: 'ada',
  displayName: 'Ada',
  scopes: [...scopes],
});
const namesFor = (known: Parameters<typeof linksFor>[0]) => linksFor(known).map(({ page }) => page);

describe('links of pages', () => {
  it('need the scope that the server asks for', () => {
    for (const { address, needs } of pageLinks) {
      const need = routeNeeds.find(([method, path]) => method === 'GET' && path === address)?.[2] ?? 'signed-in';
      expect([address, needs ?? 'signed-in']).toEqual([address, need]);
    }
  });

  it.each(Object.entries(roles))('lead nobody to a refusal: %s', (_role, scopes) => {
    for (const { needs } of linksFor(account(scopes))) expect([undefined, ...scopes]).toContain(needs);
  });

  it('to the metrics are for administrators, and for everybody where there is no log-in', () => {
    expect(namesFor(account(roles.administrator))).toContain('metrics');
    expect(namesFor(account(['metrics']))).toContain('metrics');
    for (const known of [account(roles['rules-administrator']), account([]), 'out' as const, undefined])
      expect(namesFor(known)).toEqual(['home', 'viewer', 'jobs', 'rules', 'models', 'api', 'help']);
  });
});
