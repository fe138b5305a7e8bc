import { strings } from '../../client/strings.js';
import { titleOf } from '../ask/recognition.js';
import type { JobStore, RefusedRequest } from '../results/jobStore.js';
import { TroubleText } from '../TroubleText.js';
import { insisting } from './insisting.js';

/** A request that the server did not accept, with the reason, and buttons to retry or insist. */
export function RefusedCard({ refused, store }: { refused: RefusedRequest; store: JobStore }) {
  const { key, request, trouble } = refused;
  const again = insisting(request, trouble.code);
  return (
    <article className="promptseg-card" data-promptseg="refused-request">
      <header>
        <h3>{titleOf(request)}</h3>
        <button type="button" className="promptseg-link" onClick={() => store.dismiss(key)}>
          {strings.job.dismiss}
        </button>
        <button
          type="button"
          className="promptseg-link"
          onClick={() => {
            store.dismiss(key);
            void store.submit(again ?? request);
          }}
        >
          {again ? strings.job.runAnyway : strings.job.retry}
        </button>
      </header>
      <TroubleText trouble={trouble} />
    </article>
  );
}
