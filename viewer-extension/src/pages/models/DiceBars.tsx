import { useState } from 'react';
import type { ModelDetails } from '../../../../server/contract/models.js';
import { language } from '../../client/strings/language.js';
import { strings } from './strings.js';

type Measured = ModelDetails['dice'][number];

const figureOf = (value: number): string =>
  value.toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Dice coefficients on one dataset as bars, best first: requestable structures, optionally also the others. */
export function DiceBars({ measured: { dataset, summary, structures } }: { readonly measured: Measured }) {
  const [all, setAll] = useState(false);
  const offered = structures.filter((structure) => structure.offered);
  const others = structures.length - offered.length;
  return (
    <figure className="dice" data-promptseg="dice">
      <figcaption>
        {strings.dice} <span lang="en">{dataset}</span>.
        {summary && (
          <b>
            {' '}
            {figureOf(summary.value)}, <span lang="en">{summary.of}</span>
          </b>
        )}
      </figcaption>
      <table>
        <thead className="hidden">
          <tr>
            <th scope="col">{strings.structure}</th>
            <th scope="col">Dice</th>
          </tr>
        </thead>
        <tbody>
          {(all ? structures : offered).map(({ name, value, offered: isOffered }) => (
            <tr key={name} data-offered={isOffered}>
              <th scope="row">
                <span lang={isOffered ? undefined : 'en'}>{name}</span>
                {!isOffered && <span className="quiet"> {strings.notOffered}</span>}
              </th>
              <td>
                <meter min={0} max={1} value={value} aria-hidden="true" />
                <span>{figureOf(value)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {others > 0 && (
        <button type="button" className="quiet" aria-pressed={all} onClick={() => setAll(!all)}>
          {all ? strings.hideOthers : strings.showOthers(others)}
        </button>
      )}
    </figure>
  );
}
