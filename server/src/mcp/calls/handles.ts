import { createHmac, randomBytes } from 'node:crypto';
import { PromptsegError } from '../../platform/errors.js';

export interface SeriesUIDs {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
}

/** Opaque handles for series and links, each valid for one owner. */
export interface Handles {
  /** The same handle for the same series and owner until the server stops. @param owner from `clientOf` */
  ofSeries(owner: string, series: SeriesUIDs): string;
  /** @throws PromptsegError `handle-unknown` */
  series(owner: string, handle: string): SeriesUIDs;
  /** The handle in a link that opens a study in the viewer, for everybody who may see the study. */
  ofLink(studyInstanceUID: string): string;
  /** The study of a link. @throws PromptsegError `handle-unknown` */
  linked(link: string): string;
}

/** Maximum number of series per owner, and of owners; the oldest are removed first. */
const mostSeries = 2000;
const mostOwners = 500;
const mostLinks = 10_000;

/** In memory: handles become invalid when the server stops; a new search creates new ones. */
export function createHandles(): Handles {
  const secret = randomBytes(32);
  const owners = new Map<string, Map<string, SeriesUIDs>>();
  const links = new Map<string, string>();
  const nameOf = (...parts: readonly string[]): string =>
    createHmac('sha256', secret).update(JSON.stringify(parts)).digest('base64url').slice(0, 22);

  return {
    ofSeries(owner, series) {
      const handle = `series_${nameOf(owner, series.studyInstanceUID, series.seriesInstanceUID)}`;
      const own = owners.get(owner) ?? new Map<string, SeriesUIDs>();
      keep(owners, owner, own, mostOwners);
      keep(own, handle, series, mostSeries);
      return handle;
    },
    series(owner, handle) {
      const series = owners.get(owner)?.get(handle);
      if (series === undefined) throw unknown();
      return series;
    },
    ofLink(studyInstanceUID) {
      const link = nameOf('link', studyInstanceUID);
      keep(links, link, studyInstanceUID, mostLinks);
      return link;
    },
    linked(link) {
      const study = links.get(link);
      if (study === undefined) throw unknown();
      return study;
    },
  };
}

function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}

const unknown = (): PromptsegError =>
  new PromptsegError('handle-unknown', 'The handle is not one that this server gave to you.');
