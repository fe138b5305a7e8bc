import type { Caution } from '#contract/caution.js';
import type { Concept } from '../values/concept.js';
import { lateralityCode } from '../values/laterality.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { Code } from './code.js';
import { code, text, uidReference } from './contentItems.js';
import { concepts, values } from './measurementReportCodes.js';

/** Parts that all structured reports share. */

/** Without 3-D coordinates a report needs no Comprehensive 3D SR; more viewers list this class. */
export const comprehensiveSRStorage = '1.2.840.10008.5.1.4.1.1.88.33';

/** The observing device: the same for every Promptseg. */
const deviceObserverUID = '2.25.224423223734569408530631307377822881835';

/** TID 1002 and 1004: software observed, and no person. */
export const deviceObserver: readonly NaturalizedDataset[] = [
  code('HAS OBS CONTEXT', concepts.observerType, values.device),
  uidReference('HAS OBS CONTEXT', concepts.deviceObserverUID, deviceObserverUID),
  text('HAS OBS CONTEXT', concepts.deviceObserverName, 'Promptseg'),
  text('HAS OBS CONTEXT', concepts.deviceObserverManufacturer, 'Promptseg'),
  text('HAS OBS CONTEXT', concepts.deviceObserverModelName, 'Promptseg'),
];

/** A composite object that a report refers to. */
export interface ReferencedObject {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly seriesInstanceUID: string;
}

/** An instance that the report refers to, by study and series (PS3.3 section C.17.2.3). */
export const evidence = (
  studyInstanceUID: string,
  { seriesInstanceUID, sopClassUID, sopInstanceUID }: ReferencedObject,
): NaturalizedDataset => ({
  StudyInstanceUID: studyInstanceUID,
  ReferencedSeriesSequence: [
    {
      SeriesInstanceUID: seriesInstanceUID,
      ReferencedSOPSequence: [{ ReferencedSOPClassUID: sopClassUID, ReferencedSOPInstanceUID: sopInstanceUID }],
    },
  ],
});

/** "Caution (cut-off): …", with the images to look at, since a comment of TID 1411 cannot refer to one. */
export function cautionLine({ code: cautionCode, text: sentence, places = [] }: Caution): string {
  const images = places.flatMap(({ sopInstanceUID, frameNumber }) =>
    sopInstanceUID === undefined || frameNumber === undefined
      ? (sopInstanceUID ?? [])
      : `${sopInstanceUID} frame ${frameNumber}`,
  );
  const look = images.length === 0 ? '' : ` Look at ${[...new Set(images)].join(', ')}.`;
  return `Caution (${cautionCode}): ${sentence}${look}`;
}

/** The location of the finding, the only place for a side in TID 1411. */
export function siteItem(site: Code, laterality: NonNullable<Concept['laterality']> | undefined): NaturalizedDataset {
  const item = code('HAS CONCEPT MOD', concepts.findingSite, site);
  if (laterality === undefined) return item;
  const side = code('HAS CONCEPT MOD', concepts.laterality, lateralityCode(laterality));
  return { ...item, ContentSequence: [side] };
}
