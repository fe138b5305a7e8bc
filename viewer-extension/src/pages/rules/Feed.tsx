import type { FeedView } from '../../../../server/contract/routing.js';
import { formatMoment, formatSeconds } from '../../client/format.js';
import { Banner } from '../parts/Banner.js';
import { strings } from './strings.js';

/** Progress of routing with arriving series, and what delays it. */
export function Feed({ feed }: { feed: FeedView }) {
  const text = strings.feed;
  const now = new Date();
  const { trigger, state, lagChanges = 0, lagSeconds = 0, series, trouble, gaps = [] } = feed;
  const behind = lagChanges === 0 ? text.lagNone : `${text.lagChanges(lagChanges)}, ${formatSeconds(lagSeconds)}`;
  const figures: readonly (readonly [string, string | number])[] = [
    [text.state, text.states[state]],
    [text.trigger, text.triggers[trigger]],
    ...(trigger === 'orthanc' ? [[text.lag, behind] as const] : []),
    [text.arriving, series.arriving],
    [text.ready, series.ready],
    [text.parked, series.parked],
  ];
  return (
    <section aria-labelledby="feed">
      <h2 id="feed">{text.label}</h2>
      {trouble && (
        <Banner kind="warning" sentence={text.trouble(trouble.detail, formatMoment(trouble.nextAttemptAt, now))} />
      )}
      <dl className="summary feed" data-state={state}>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {gaps.slice(0, 3).map(({ at, kind, seriesFound }) => (
        <p key={at} className="fine">
          {text.gap(kind, formatMoment(at, now), seriesFound)}
        </p>
      ))}
    </section>
  );
}
