import type { Scope } from '../../../../server/contract/scope.js';
import type { KnownAccount } from '../../client/account.js';

export type PageName = 'home' | 'viewer' | 'jobs' | 'rules' | 'models' | 'metrics' | 'api' | 'help';

export interface PageLink {
  readonly page: PageName;
  readonly address: string;
  /** Scope that the page needs; absent if every role may open it. */
  readonly needs?: Scope;
  /** Plain text for programs: the home page explains it, the header of the pages does not lead there. */
  readonly isForPrograms?: true;
}

/** The pages that link to each other. */
export const pageLinks: readonly PageLink[] = [
  { page: 'home', address: '/promptseg' },
  { page: 'viewer', address: '/' },
  { page: 'jobs', address: '/jobs' },
  { page: 'rules', address: '/rules' },
  { page: 'models', address: '/models' },
  { page: 'metrics', address: '/metrics', needs: 'metrics', isForPrograms: true },
  { page: 'api', address: '/api' },
  { page: 'help', address: '/help' },
];

/**
 * The links that an account may follow. Before the account is known, and after signing out, those that every role may:
 * a link that leads to a refusal is worse than one that appears a moment later.
 */
export function linksFor(account: KnownAccount | undefined): readonly PageLink[] {
  const scopes = account === undefined || account === 'out' ? [] : account.scopes;
  return pageLinks.filter(({ needs }) => needs === undefined || scopes.includes(needs));
}
