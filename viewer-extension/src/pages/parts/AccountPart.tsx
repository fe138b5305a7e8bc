import { type KnownAccount, signInAddress, signOut } from '../../client/account.js';
import { pageStrings } from '../../client/pageStrings.js';

/** In the header of a page: the account, with a link to sign in or out, or a warning that there is no log-in. */
export function AccountPart({ account }: { account: KnownAccount | undefined }) {
  const text = pageStrings.account;
  if (account === undefined) return null;
  if (account === 'out')
    return (
      <span className="account" data-account="out">
        {text.out} <a href={signInAddress()}>{text.signIn}</a>
      </span>
    );
  if (account.withoutLogIn)
    return (
      <span className="account" data-account="without-log-in">
        {text.withoutLogIn}
      </span>
    );
  if (account.kind === 'nobody') return null;
  return (
    <span className="account" data-account="in">
      {account.displayName}{' '}
      {account.signOut && (
        <button type="button" onClick={() => void signOut(account)}>
          {text.signOut}
        </button>
      )}
    </span>
  );
}
