import type { ParkedSeries } from '../../../../server/contract/routing.js';
import { shortUid } from '../../client/format.js';
import { useRights } from '../../client/rights.js';
import { Uid } from '../parts/Uid.js';
import { strings } from './strings.js';

interface ParkedProps {
  readonly parked: readonly ParkedSeries[];
  readonly onRelease: (seriesInstanceUID: string) => void;
}

/** Series that are not retried automatically. */
export function Parked({ parked, onRelease }: ParkedProps) {
  const text = strings.parked;
  const mayRelease = useRights().may('rules:write');
  if (parked.length === 0) return null;
  return (
    <section aria-labelledby="parked">
      <h2 id="parked">{text.heading}</h2>
      <p className="fine intro">{text.intro}</p>
      <ul className="rows">
        {parked.map(({ seriesInstanceUID, studyInstanceUID, rule, attempts, problem }) => (
          <li key={`${seriesInstanceUID} ${rule ?? ''}`} className="row" data-parked={seriesInstanceUID}>
            <span className="place" data-kind="failed" aria-hidden="true" />
            <div className="what">
              <p className="state" data-kind="failed">
                <strong>{rule === undefined ? text.ofNoRule : text.rule(rule)}</strong>
                <span>{strings.history.attempts(attempts)}</span>
              </p>
              {problem && (
                <p className="trouble">
                  {problem.detail} <strong>{strings.history.next}:</strong> {problem.nextStep}
                </p>
              )}
              <p className="identity">
                <Uid what={strings.history.study} value={studyInstanceUID} />
                <Uid what={strings.history.series} value={seriesInstanceUID} />
              </p>
            </div>
            {mayRelease && (
              <div className="actions">
                <button
                  type="button"
                  aria-label={strings.history.releaseOf(shortUid(seriesInstanceUID))}
                  onClick={() => onRelease(seriesInstanceUID)}
                >
                  {strings.history.release}
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
