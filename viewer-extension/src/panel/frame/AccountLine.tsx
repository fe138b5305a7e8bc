import { type KnownAccount, signInAddress, signOut } from '../../client/account.js';
import { isElsewhere } from '../../client/server.js';
import { strings } from '../../client/strings.js';

/** The account, with a link to sign in or out; or a warning that there is no log-in. */
export function AccountLine({ account }: { account: KnownAccount }) {
  const text = strings.account;
  if (account === 'out')
    return (
      <p className="promptseg-account promptseg-account-out" role="status" data-promptseg="signed-out">
        {text.out} <SignIn />
      </p>
    );
  if (account.withoutLogIn)
    return (
      <p className="promptseg-account" data-promptseg="without-log-in">
        {text.withoutLogIn}
      </p>
    );
  return (
    <p className="promptseg-account" data-promptseg="account">
      {account.displayName}
      {/* Elsewhere its address is not open to this page. */}
      {account.signOut && !isElsewhere() && (
        <button type="button" className="promptseg-plain" onClick={() => void signOut(account)}>
          {text.signOut}
        </button>
      )}
    </p>
  );
}

/** On another server, in a tab of its own: the viewer stays as it is, and its panel sees the session on return. */
function SignIn() {
  const elsewhere = isElsewhere() ? { target: '_blank', rel: 'noreferrer' } : {};
  return (
    <a href={signInAddress()} {...elsewhere}>
      {strings.account.signIn}
    </a>
  );
}
