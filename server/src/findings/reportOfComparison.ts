import type { ComparedFinding, Comparison, InstanceChange } from '#contract/comparison.js';
import type { FoundFinding, Instance } from '#contract/finding.js';
import type { EditedFinding, EditedResult, Job } from '#contract/job.js';
import { structureKey } from '#contract/structureKey.js';
import { PromptsegError } from '../platform/errors.js';
import { type ComparedGroup, type ComparedTime, encodeComparisonReport } from '../results/comparisonReport.js';
import { derivedUID, instanceTrackingUID, trackingUID } from '../results/resultModules.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';

/** One of the two jobs, with the edited result whose figures are used. */
export interface ComparedJob {
  readonly job: Job;
  readonly edited: EditedResult | undefined;
}

/**
 * A comparison as a DICOM structured report in the study of the later images, from the records of the two jobs.
 * @param header attributes of one of the later images
 * @throws PromptsegError `job-open` if the earlier job has not completed; `result-missing` if the segmentation of a
 * time at which something was found is not stored
 */
export function reportOfComparison(
  comparison: Comparison,
  now: ComparedJob,
  before: ComparedJob,
  header: NaturalizedDataset,
): Uint8Array {
  if (comparison.before.state !== 'completed')
    throw new PromptsegError('job-open', `The job of the earlier series is ${comparison.before.state}.`);
  const groups = comparison.findings.flatMap((finding) => groupsOf(finding, now, before));
  const times = { now: timeOf(now, comparison.now.result), before: timeOf(before, comparison.before.result) };
  for (const time of ['now', 'before'] as const)
    if (times[time] === undefined && groups.some((group) => group.time === time))
      throw new PromptsegError(
        'result-missing',
        `The ${time === 'now' ? 'later' : 'earlier'} result is not stored, so a report cannot refer to it.`,
      );
  const own = times.now ?? times.before;
  if (own === undefined) throw new PromptsegError('result-missing', 'Nothing was found at either time.');
  const pair = [now, before].map(({ job, edited }) => `${job.id} ${edited?.sopInstanceUID ?? ''}`).join(' with ');
  const { studyInstanceUID, seriesInstanceUID } = now.job.request;
  return encodeComparisonReport({
    ...times,
    groups,
    daysBetween: comparison.prior.daysBefore,
    comments: commentsOn(comparison, now.job),
    source: {
      studyInstanceUID,
      seriesInstanceUID,
      modality: String(header.Modality ?? ''),
      sourceImages: [],
      header,
      notes: [],
    },
    identifiers: {
      seriesInstanceUID: derivedUID(own.segmentation.sopInstanceUID, `series of comparison ${pair}`),
      sopInstanceUID: derivedUID(own.segmentation.sopInstanceUID, `comparison ${pair}`),
    },
    seriesDescription: 'Comparison with an earlier study',
    createdAt: lastMoment([now, before]),
  });
}

/** The later of what is compared: the same pair always gives the same object. */
const lastMoment = (jobs: readonly ComparedJob[]): Date =>
  new Date(Math.max(...jobs.map(({ job, edited }) => Date.parse(edited?.createdAt ?? job.endedAt ?? job.createdAt))));

function timeOf({ job, edited }: ComparedJob, stored: string | undefined): ComparedTime | undefined {
  const segmentation = edited ?? job.result;
  if (segmentation === undefined || stored === undefined) return undefined;
  const { sopClassUID, sopInstanceUID, seriesInstanceUID } = segmentation;
  return {
    studyInstanceUID: job.request.studyInstanceUID,
    seriesInstanceUID: job.request.seriesInstanceUID,
    segmentation: { sopClassUID, sopInstanceUID, seriesInstanceUID },
  };
}

function commentsOn(
  { prior, modelsDiffer, repeatability, registration }: Comparison,
  { model }: Job,
): readonly string[] {
  const days = prior.daysBefore === 1 ? '1 day' : `${prior.daysBefore} days`;
  const maker = model === undefined ? 'an unknown model' : `${model.id} ${model.version}`;
  return [
    `Research use only. Segmented by text prompt with ${maker} in this study and in one ${days} earlier, and ` +
      'compared by software; no person has checked it.',
    ...prior.differences.map(({ text }) => text),
    ...(modelsDiffer ? ['The two times were segmented with different versions of the model.'] : []),
    ...(repeatability === undefined ? [] : [`Repeatability: ${repeatability}`]),
    ...(registration === undefined ? [] : [registration.text]),
  ];
}

interface Measured {
  readonly time: ComparedGroup['time'];
  readonly finding: FoundFinding;
  readonly trackingUID: string;
  /** To derive the tracking UIDs of its instances. */
  readonly result: string;
}

function measuredIn(compared: ComparedJob, time: ComparedGroup['time'], key: string): Measured | undefined {
  const { job, edited } = compared;
  const found = edited?.findings ?? job.findings.filter((finding) => finding.status === 'found');
  const finding = found.find(({ target }) => structureKey(target) === key);
  if (finding === undefined) return undefined;
  return { time, finding, trackingUID: trackingOf(finding, compared), result: job.result?.sopInstanceUID ?? '' };
}

/** The Tracking UID of the finding's segment; an edited segment keeps that of its origin. */
function trackingOf(finding: EditedFinding | FoundFinding, { job, edited }: ComparedJob): string {
  const own = job.result?.sopInstanceUID ?? '';
  if (edited === undefined) return trackingUID(own, finding.segmentNumber);
  const { findingIndex } = finding as EditedFinding;
  const origin = findingIndex === undefined ? undefined : job.findings[findingIndex];
  if (origin?.status === 'found') return trackingUID(own, origin.segmentNumber);
  const before = job.editedResults?.find(({ sopInstanceUID }) => sopInstanceUID === edited.predecessor);
  const same = before?.findings.find(({ target }) => structureKey(target) === structureKey(finding.target));
  return before !== undefined && same !== undefined
    ? trackingOf(same, { job, edited: before })
    : trackingUID(edited.sopInstanceUID, finding.segmentNumber);
}

/** The structure at the times at which it was found, then its instances. */
function groupsOf(compared: ComparedFinding, nowJob: ComparedJob, beforeJob: ComparedJob): readonly ComparedGroup[] {
  const key = structureKey(compared.target);
  const [before, now] = [measuredIn(beforeJob, 'before', key), measuredIn(nowJob, 'now', key)];
  const matched = before ?? now;
  if (matched === undefined) return [];
  const whole = [before, now].flatMap((side) =>
    side === undefined
      ? []
      : [wholeGroup(side, matched, side.time === 'now' || now === undefined ? compared : undefined)],
  );
  const places = compared.instances?.changes;
  const instances =
    before && now && places
      ? places.flatMap((change) => instanceGroups(change, before, now))
      : [before, now].flatMap((side) =>
          side === undefined ? [] : unmatchedInstances(side, before && now ? [notByPlace] : []),
        );
  return [...whole, ...instances];
}

/** @param compared what the comparison says, in the group of the later time */
function wholeGroup(side: Measured, matched: Measured, compared: ComparedFinding | undefined): ComparedGroup {
  const { finding, time } = side;
  return {
    time,
    trackingIdentifier: matched.finding.target.name,
    trackingUID: matched.trackingUID,
    target: finding.target,
    segmentNumber: finding.segmentNumber,
    volumeMl: finding.volumeMl ?? 0,
    longAxisMm: finding.longestAxialDiameterMm,
    cautions: finding.cautions,
    comments: compared === undefined ? [] : changeSentences(compared),
  };
}

function changeSentences(compared: ComparedFinding): readonly string[] {
  const { status, changeMl, changeFraction, isWithinRepeatability, repeatabilityPercent } = compared;
  if (status === 'new') return ['New: searched for in the earlier study, and not found there.'];
  if (status === 'no-longer-found') return ['No longer found: searched for in the later study, and not found there.'];
  if (status === 'not-searched') return ['Not searched for at both times.'];
  if (changeMl === undefined) return [];
  const percent = changeFraction === undefined ? '' : ` (${signed(100 * changeFraction, 1)} %)`;
  const within =
    isWithinRepeatability === undefined
      ? ''
      : `, ${isWithinRepeatability ? 'within' : 'beyond'} the measured repeatability of ${repeatabilityPercent} %`;
  return [`Change since the earlier study: ${signed(changeMl, 2)} mL${percent}${within}.`];
}

const signed = (value: number, digits: number): string => {
  const shown = value.toFixed(digits);
  return Number(shown) > 0 ? `+${shown}` : shown;
};

function instanceGroups(change: InstanceChange, before: Measured, now: Measured): readonly ComparedGroup[] {
  const isOneToOne = change.status === 'in-both';
  const [earlier, later] = [instancesWith(change.before, before), instancesWith(change.now, now)];
  const comments = isOneToOne ? [] : [instanceSentence(change)];
  const original = isOneToOne ? earlier[0] : undefined;
  return [
    ...earlier.map((instance) => instanceGroup(instance, before, { instance, of: before }, comments)),
    ...later.map((instance) =>
      instanceGroup(instance, now, original ? { instance: original, of: before } : { instance, of: now }, comments),
    ),
  ];
}

function instanceSentence({ status, before, now }: InstanceChange): string {
  if (status === 'new') return 'New: not found in the earlier study.';
  if (status === 'no-longer-found') return 'No longer found in the later study.';
  const counts = `${before.length} of the earlier study and ${now.length} of the later one`;
  return `By place, ${counts} belong together: ${status}.`;
}

const instancesWith = (numbers: readonly number[], { finding }: Measured): readonly Instance[] =>
  numbers.flatMap((number) => finding.instances?.found.find((each) => each.number === number) ?? []);

const notByPlace = 'Not matched by place with the other study, which is in another frame of reference.';

const unmatchedInstances = (side: Measured, comments: readonly string[]): readonly ComparedGroup[] =>
  (side.finding.instances?.found ?? []).map((instance) =>
    instanceGroup(instance, side, { instance, of: side }, comments),
  );

/** @param identity whose tracking identifiers it has */
function instanceGroup(
  { volumeMl, longestDiameterMm, perpendicularDiameterMm }: Instance,
  { time, finding }: Measured,
  identity: { readonly instance: Instance; readonly of: Measured },
  comments: readonly string[],
): ComparedGroup {
  const { instance, of } = identity;
  const { target, segmentNumber } = of.finding;
  return {
    time,
    trackingIdentifier: `${target.name} ${instance.number}`,
    trackingUID: instance.trackingUID ?? instanceTrackingUID(of.result, segmentNumber, instance.number),
    target: finding.target,
    segmentNumber: finding.segmentNumber,
    volumeMl,
    longAxisMm: longestDiameterMm,
    shortAxisMm: perpendicularDiameterMm,
    comments,
  };
}
