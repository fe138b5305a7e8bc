import type { Archive, SeriesSummary } from '../pacs/archive.js';
import type { FieldOfView } from '../segmenter/fieldOfView/openFieldOfView.js';
import { type SurelyShown, surelyShown } from './imageShows/surelyShown.js';
import { type LastSource, retrieveVolume } from './retrieveSource.js';

export interface SeriesToLookAt {
  readonly series: SeriesSummary;
  /** As for {@link retrieveVolume}. */
  readonly stack: string | undefined;
}

/**
 * What the volume of a series surely shows.
 * @throws PromptsegError of {@link retrieveVolume} and {@link surelyShown}
 */
export async function lookAtSeries(
  { series, stack }: SeriesToLookAt,
  {
    archive,
    lastSource,
    fieldOfView,
    signal,
  }: {
    readonly archive: Archive;
    readonly lastSource: LastSource;
    readonly fieldOfView: FieldOfView;
    readonly signal: AbortSignal;
  },
): Promise<SurelyShown> {
  const { volume } = await retrieveVolume(archive, series, lastSource, { stack, signal, onProgress: () => {} });
  return surelyShown(volume, fieldOfView, signal);
}
