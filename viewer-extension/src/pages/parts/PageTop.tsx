import { useEffect } from 'react';
import { pageStrings } from '../../client/pageStrings.js';
import { AccountPart } from './AccountPart.js';
import { linksFor } from './linksFor.js';
import type { Connection } from './useJobEvents.js';
import { useAccount } from './WithAccount.js';

/**
 * The header of a page: its title, whether it is up to date (if it follows the server), the account, and links to the
 * other pages.
 */
export function PageTop({ title, connection }: { title: string; connection?: Connection }) {
  const account = useAccount();
  // The HTML has it in English.
  useEffect(() => {
    document.title = `${title} · ${pageStrings.product}`;
  }, [title]);
  return (
    <header className="top">
      <div className="width">
        <h1>
          <a className="product" href="/promptseg">
            {pageStrings.product}
          </a>{' '}
          {title}
        </h1>
        {connection && (
          <span className="connection" data-connection={connection} role="status">
            {pageStrings.connection[connection]}
          </span>
        )}
        <AccountPart account={account} />
        <nav aria-label={pageStrings.links.label}>
          {linksFor(account)
            .filter(({ isForPrograms }) => !isForPrograms)
            .map(({ page, address }) => (
              <a key={page} href={address} aria-current={isHere(address) ? 'page' : undefined}>
                {pageStrings.links[page]}
              </a>
            ))}
        </nav>
      </div>
    </header>
  );
}

/** A page below another, as those of the documentation, belongs to it. */
const isHere = (address: string): boolean =>
  location.pathname === address || (address !== '/' && location.pathname.startsWith(`${address}/`));
