import type { ModelsView } from '../../../../server/contract/models.js';
import { laterStrings } from '../../client/laterStrings.js';
import { onServer } from '../../client/server.js';
import { strings } from '../../client/strings.js';
import type { ActiveSeries, HostView } from '../host.js';
import { mayBeAsked, type SeriesProblem } from './seriesProblem.js';

const texts = laterStrings.unreadable;

export interface UnreadableSeriesProps {
  readonly problem: SeriesProblem;
  readonly view: Pick<HostView, 'series' | 'noImages' | 'others'>;
  readonly served: Pick<ModelsView, 'servedModalities' | 'published'> | undefined;
  readonly onOpen: ((seriesInstanceUID: string) => void) | undefined;
}

/** In place of the question: why nothing can be asked of what is on screen, and what would help. */
export function UnreadableSeries({ problem, view, served, onOpen }: UnreadableSeriesProps) {
  const { series, noImages, others = [] } = view;
  const modality = series?.modality ?? noImages?.modality ?? '';
  const { servedModalities, published = [] } = served ?? {};
  const readable = others.filter(
    (other) => other.seriesInstanceUID !== series?.seriesInstanceUID && mayBeAsked(other, servedModalities),
  );
  const canBeAdded = problem === 'not-served' || problem === 'no-model-installed';
  return (
    <div className="promptseg-unreadable" data-promptseg="series-problem" data-problem={problem}>
      <p>{texts.because[problem](modality, (servedModalities ?? []).join(', '))}</p>
      {canBeAdded && (
        <p>
          {published.length > 0 && `${texts.canBeAdded(published.join(', '), modality)} `}
          <a className="promptseg-link" href={onServer('/models#add')} target="_blank" rel="noreferrer">
            {texts.how}
          </a>
        </p>
      )}
      {readable.length > 0 && onOpen !== undefined && (
        <>
          <p>{texts.others}</p>
          <ul className="promptseg-rows">
            {readable.map((other) => (
              <li key={other.seriesInstanceUID}>
                <button
                  type="button"
                  className="promptseg-row"
                  onClick={() => onOpen(other.seriesInstanceUID)}
                  data-promptseg="open-series"
                >
                  <Series series={other} />
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {readable.length === 0 && !canBeAdded && <p className="promptseg-muted">{texts.noOthers}</p>}
    </div>
  );
}

function Series({ series: { modality, description, numberOfImages } }: { readonly series: ActiveSeries }) {
  return (
    <>
      <span className="promptseg-modality">{modality}</span>
      <span className="promptseg-ellipsis">{description === '' ? strings.series.untitled : description}</span>
      <span className="promptseg-muted promptseg-figure">{strings.series.images(numberOfImages)}</span>
    </>
  );
}
