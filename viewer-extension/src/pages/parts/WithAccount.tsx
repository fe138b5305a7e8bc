import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { followAccount, type KnownAccount } from '../../client/account.js';
import { RightsContext, rightsOf } from '../../client/rights.js';

const AccountContext = createContext<{ readonly account: KnownAccount | undefined } | undefined>(undefined);

/** Whose account a page has; undefined until the server has said so. */
export function useAccount(): KnownAccount | undefined {
  const known = useContext(AccountContext);
  if (known === undefined) throw new Error('a part of a page outside of WithAccount');
  return known.account;
}

const cookieOnly = (): Readonly<Record<string, string>> => ({});

/** Around a page: whose account it is, and what that may do. */
export function WithAccount({ children }: { children: ReactNode }) {
  const [account, setAccount] = useState<KnownAccount>();
  useEffect(() => followAccount(cookieOnly, setAccount), []);
  const [known, rights] = useMemo(() => [{ account }, rightsOf(account)] as const, [account]);
  return (
    <AccountContext.Provider value={known}>
      <RightsContext.Provider value={rights}>{children}</RightsContext.Provider>
    </AccountContext.Provider>
  );
}
