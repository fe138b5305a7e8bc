import { type Prior, type PriorsView, type UnsuitableReason, unsuitableReasons } from '#contract/comparison.js';
import { firstText, numbersOf } from '#contract/dicomJson.js';
import { holdsNoImages } from '#contract/holdsNoImages.js';
import type { Archive } from '../pacs/archive.js';
import { distanceOf, protocolDifferences } from './protocolDifferences.js';
import { readSeriesFacts, type SeriesFacts, type SeriesUIDs } from './seriesFacts.js';
import { dayOf, reasonSentences, unsuitableReason } from './suitability.js';

type Reading = Pick<Archive, 'query' | 'retrieveMetadata'>;

/** Whether the archive shows a study to the person who asks; absent if every study may be seen. */
export type MayFindStudy = ((studyInstanceUID: string) => Promise<boolean>) | undefined;

/** Studies that the archive is asked for, and series whose headers are read, newest studies first. */
const mostStudies = 200;
const mostExamined = 40;

/** A series that may serve as the earlier one, with its facts. */
export interface FoundPrior extends Prior {
  readonly facts: SeriesFacts;
}

/**
 * The series of the same patient that may serve as the earlier one of `now`: same Patient ID and issuer, same modality
 * and region, an earlier study that the person may see. The nearest in protocol come first, and of equally near ones
 * the most recent. Studies that the person may not see are neither listed nor counted.
 *
 * Archives match names and IDs in their own ways, so the images' own headers decide.
 * @throws PromptsegError the archive's errors
 */
export async function findPriors(
  archive: Reading,
  now: SeriesFacts,
  mayFind: MayFindStudy,
  signal?: AbortSignal,
): Promise<{ readonly priors: readonly FoundPrior[]; readonly leftOut: PriorsView['leftOut'] }> {
  const counts = new Map<UnsuitableReason, number>();
  const leaveOut = (reason: UnsuitableReason, series = 1) => counts.set(reason, (counts.get(reason) ?? 0) + series);
  const priors: FoundPrior[] = [];
  let examined = 0;
  for (const study of await studiesOf(archive, now, signal)) {
    if (study === now.studyInstanceUID || !((await mayFind?.(study)) ?? true)) continue;
    for (const { uids, modality } of await imageSeriesOf(archive, study, signal)) {
      if (modality !== '' && modality !== now.modality) {
        leaveOut('other-modality');
        continue;
      }
      if (examined >= mostExamined) {
        leaveOut('not-examined');
        continue;
      }
      examined++;
      const facts = await readSeriesFacts(archive, uids, signal);
      // It was deleted meanwhile, or is filed under an ID that only looks like this one.
      if (facts === undefined || facts.patient.id !== now.patient.id) continue;
      const reason = unsuitableReason(now, facts);
      if (reason === undefined) priors.push(priorOf(now, facts));
      else leaveOut(reason);
    }
  }
  return {
    priors: priors.toSorted(
      (a, b) =>
        distanceOf(a.differences) - distanceOf(b.differences) ||
        a.daysBefore - b.daysBefore ||
        b.facts.studyTime.localeCompare(a.facts.studyTime) ||
        (b.numberOfInstances ?? 0) - (a.numberOfInstances ?? 0),
    ),
    leftOut: unsuitableReasons.flatMap((reason) => {
      const series = counts.get(reason);
      return series === undefined ? [] : [{ reason, series, text: reasonSentences[reason] }];
    }),
  };
}

/** An earlier series as it is shown. */
export function priorOf(now: SeriesFacts, facts: SeriesFacts): FoundPrior {
  const { studyInstanceUID, seriesInstanceUID, description, numberOfInstances, studyDate } = facts;
  const day = dayOf(studyDate)!;
  return {
    facts,
    studyInstanceUID,
    seriesInstanceUID,
    description,
    studyDate: new Date(day * 86_400_000).toISOString().slice(0, 10),
    daysBefore: dayOf(now.studyDate)! - day,
    ...(numberOfInstances !== undefined && { numberOfInstances }),
    differences: protocolDifferences(now, facts),
  };
}

/** Newest first; QIDO-RS sorts nothing. */
async function studiesOf(archive: Reading, { patient }: SeriesFacts, signal?: AbortSignal): Promise<string[]> {
  const found = await archive.query(
    ['studies'],
    // An ID with a wildcard finds others too; their images say so.
    { PatientID: patient.id, includefield: '00080020,00080030', limit: String(mostStudies) },
    signal,
  );
  const momentOf = (study: (typeof found)[number]) => firstText(study, '00080020') + firstText(study, '00080030');
  const uids = found
    .toSorted((a, b) => momentOf(b).localeCompare(momentOf(a)))
    .map((each) => firstText(each, '0020000D'));
  return [...new Set(uids)].filter(Boolean);
}

/** The series of a study that may hold images, the largest first. */
async function imageSeriesOf(
  archive: Reading,
  studyInstanceUID: string,
  signal?: AbortSignal,
): Promise<readonly { readonly uids: SeriesUIDs; readonly modality: string }[]> {
  const found = await archive.query(
    ['studies', studyInstanceUID, 'series'],
    { includefield: '00080060,00201209' },
    signal,
  );
  return found
    .toSorted((a, b) => (numbersOf(b, '00201209')[0] ?? 0) - (numbersOf(a, '00201209')[0] ?? 0))
    .map((each) => ({
      uids: { studyInstanceUID, seriesInstanceUID: firstText(each, '0020000E') },
      modality: firstText(each, '00080060'),
    }))
    .filter(({ modality, uids }) => uids.seriesInstanceUID !== '' && !holdsNoImages(modality));
}
