import { strings } from '../../client/strings.js';
import type { ActiveSeries } from '../host.js';

/** The series that the prompts would be run on, by name. */
export function SeriesHeader({ series }: { readonly series: ActiveSeries | undefined }) {
  return (
    <div role="status" aria-label={strings.series.label}>
      {series === undefined ? (
        <p className="promptseg-series promptseg-muted" data-promptseg="no-series">
          {strings.series.none}
        </p>
      ) : (
        <div className="promptseg-series" title={series.description} data-promptseg="series">
          <span className="promptseg-modality">{series.modality}</span>
          <span className="promptseg-ellipsis">
            {series.description === '' ? strings.series.untitled : series.description}
          </span>
          <span className="promptseg-muted promptseg-figure">{strings.series.images(series.numberOfImages)}</span>
        </div>
      )}
    </div>
  );
}
