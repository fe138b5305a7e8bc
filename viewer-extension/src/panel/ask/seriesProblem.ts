import type { ModelsView } from '../../../../server/contract/models.js';
import type { ActiveSeries, HostView } from '../host.js';

/** Why nothing can be asked of what is on screen. */
export type SeriesProblem =
  | NonNullable<ActiveSeries['unsuited']>
  /** A report or the like. */
  | 'no-images'
  | 'no-model-installed'
  /** No installed model reads the modality. */
  | 'not-served';

/** @param served the models for the series; undefined until they are known */
export function seriesProblem(
  { series, noImages }: Pick<HostView, 'series' | 'noImages'>,
  served: Pick<ModelsView, 'models' | 'servedModalities'> | undefined,
): SeriesProblem | undefined {
  if (series === undefined) return noImages && 'no-images';
  if (series.unsuited !== undefined) return series.unsuited;
  if (series.numberOfImages === 0) return 'no-images';
  if (served === undefined || served.models.length > 0) return undefined;
  return served.servedModalities.length === 0 ? 'no-model-installed' : 'not-served';
}

/** Whether a model may read a series, as far as the viewer and the server say. */
export const mayBeAsked = (series: ActiveSeries, servedModalities: readonly string[] | undefined): boolean =>
  series.unsuited === undefined && servedModalities?.includes(series.modality) !== false;
