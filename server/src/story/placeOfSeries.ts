import type { BodyRegion } from '#contract/bodyRegions.js';
import type { ModelPackage } from '../segmenter/packages/modelPackage.js';
import { regionsMentioned, regionsNamed, regionsShown } from '../values/bodyRegions.js';
import { listed } from './imageShows/describeShown.js';

/** What the image surely shows, and the statements of the series about its body region. */
export interface PlaceOfSeries {
  /** Regions that the image surely shows, as its voxels say: by name, and those that models are made for. */
  readonly seen?: { readonly names: readonly string[]; readonly regions: readonly BodyRegion[] };
  /** Body Part Examined (0018,0015) */
  readonly bodyPartExamined?: string;
  /** Meanings of the Anatomic Region Sequence (0008,2218) */
  readonly anatomicRegion?: string;
  /** Series Description (0008,103E) */
  readonly description?: string;
  /** Protocol Name (0018,1030) */
  readonly protocolName?: string;
}

/** How a model's body regions match those that a series shows; `anywhere` if one of the two is unknown. */
export type ModelFit = 'here' | 'anywhere' | 'elsewhere';

export function fitOfSeries({ manifest: { bodyRegions } }: ModelPackage, place: PlaceOfSeries): ModelFit {
  const among = (regions: readonly BodyRegion[] | undefined) =>
    regions?.some((region) => bodyRegions?.includes(region)) ?? false;
  if (bodyRegions === undefined) return 'anywhere';
  const said = regionsOf(place);
  if (said !== undefined) return among(said) ? 'here' : 'elsewhere';
  return among(regionsMentioned(place.description ?? '')) ? 'here' : 'anywhere';
}

/** The body regions that a series shows: as seen, or else by the first attribute that names any. */
export const regionsOf = (place: PlaceOfSeries): readonly BodyRegion[] | undefined => saidOf(place)?.regions;

/** The same as part of a sentence. */
export function shownBy(place: PlaceOfSeries): string {
  const said = saidOf(place);
  if (said?.by === 'image') return `the image shows ${said.text}`;
  // The rest of a description may be about a person, so only the regions are quoted.
  const shown = said?.by === 'description and protocol' ? said.regions.join(', ') : said?.text;
  return `by its ${said?.by} the series shows ${shown}`;
}

function saidOf({
  seen,
  bodyPartExamined = '',
  anatomicRegion = '',
  description = '',
  protocolName = '',
}: PlaceOfSeries) {
  const sources = [
    { by: 'image', text: listed(seen?.names ?? []), regions: seen?.regions },
    { by: 'Body Part Examined', text: bodyPartExamined, regions: regionsShown(bodyPartExamined) },
    { by: 'Anatomic Region Sequence', text: anatomicRegion, regions: regionsNamed(anatomicRegion) },
    {
      by: 'description and protocol',
      text: [description, protocolName].filter((text) => text !== '').join(', '),
      regions: regionsNamed(`${description} ${protocolName}`),
    },
  ];
  return sources.find(
    (source): source is typeof source & { regions: readonly BodyRegion[] } => source.regions !== undefined,
  );
}
