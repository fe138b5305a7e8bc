import { strings } from '../strings.js';
import type { ActiveSeries } from './host.js';

/** The series that a prompt would be run on. */
export function SeriesHeader({ series }: { series: ActiveSeries | undefined }) {
  if (series === undefined) return <p className="promptseg-series promptseg-muted">{strings.series.none}</p>;
  const { description, modality, numberOfImages } = series;
  return (
    <div className="promptseg-series" title={description} data-promptseg="series">
      <span className="promptseg-modality">{modality}</span>
      <span className="promptseg-ellipsis">{description === '' ? strings.series.untitled : description}</span>
      <span className="promptseg-muted promptseg-figure">{strings.series.images(numberOfImages)}</span>
    </div>
  );
}
