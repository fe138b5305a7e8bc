import { pageStrings } from '../../client/pageStrings.js';
import { linksFor } from '../parts/linksFor.js';
import { useAccount } from '../parts/WithAccount.js';
import { strings } from './strings.js';

/** The pages, each with what it is for. */
export function Places() {
  const account = useAccount();
  const places = linksFor(account).flatMap(({ page, address }) =>
    page === 'home' ? [] : [{ name: pageStrings.links[page], about: strings.about[page], address }],
  );
  return (
    <nav aria-label={strings.places}>
      <ul className="places">
        {[...places, { ...strings.cornerstone, address: '/cornerstone' }].map(({ name, about, address }) => (
          <li key={address}>
            <a href={address}>
              <strong>{name}</strong>
              <span>{about}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
