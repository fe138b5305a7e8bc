import { createContext, useContext } from 'react';
import type { Actor } from '../../../server/contract/actor.js';
import type { Scope } from '../../../server/contract/scope.js';
import type { KnownAccount } from './account.js';

/** What an account may do: buttons that the server would refuse are not offered. */
export interface Rights {
  may(scope: Scope): boolean;
  /** Whether it may delete a result of this maker. */
  mayDelete(maker: Actor | undefined): boolean;
}

/** @param account while it is not known, and after signing out, everything is offered: the server says what is wrong */
export function rightsOf(account: KnownAccount | undefined): Rights {
  const may = (scope: Scope): boolean => account === undefined || account === 'out' || account.scopes.includes(scope);
  return {
    may,
    mayDelete: (maker) => may('results:delete') || (may('jobs:write') && isOf(account, maker)),
  };
}

const isOf = (account: KnownAccount | undefined, maker: Actor | undefined): boolean =>
  typeof account === 'object' && maker?.kind === account.kind && maker.subject === account.subject;

export const RightsContext = createContext(rightsOf(undefined));
export const useRights = (): Rights => useContext(RightsContext);
