import { type DicomJson, dateTimeOf, element, itemsOf } from '#contract/dicomJson.js';
import type { Job, StoredResult } from '#contract/job.js';
import { hasEnded } from '#contract/jobState.js';
import type { ProcedureStepState, Workitem } from './workitemStore.js';
import { tags } from './workitemTags.js';

/** Unified Procedure Step - Push (PS3.4 section CC.3). */
const upsPushSOPClassUID = '1.2.840.10008.5.1.4.34.6.1';

/** A job that waits for a retry counts as begun: no workitem becomes SCHEDULED again (PS3.4 figure CC.1.1-1). */
export function stateOf({ state, job }: Workitem): ProcedureStepState {
  if (state !== undefined) return state;
  if (job === undefined) return 'SCHEDULED';
  if (job.state === 'completed') return 'COMPLETED';
  if (hasEnded(job)) return 'CANCELED';
  return job.startedAt === undefined ? 'SCHEDULED' : 'IN PROGRESS';
}

/**
 * A workitem as retrieved: its creator's attributes, its state, and the progress of its job. The Transaction UID is the
 * performer's secret and left out (PS3.18 section 11.5).
 * @param archiveUrl DICOMweb root that results can be retrieved from
 */
export function describeWorkitem(workitem: Workitem, archiveUrl: string): DicomJson {
  const { uid, dataset, job, changedAt } = workitem;
  const state = stateOf(workitem);
  const described: Record<string, DicomJson[string]> = {
    ...dataset,
    [tags.SpecificCharacterSet]: element('CS', 'ISO_IR 192'),
    [tags.SOPClassUID]: element('UI', upsPushSOPClassUID),
    [tags.SOPInstanceUID]: element('UI', uid),
    [tags.ProcedureStepState]: element('CS', state),
    [tags.ScheduledProcedureStepModificationDateTime]: element('DT', dateTimeOf(changedAt)),
    // Another performer has reported its own work.
    ...(job !== undefined && workitem.state === undefined && performedBy(job, dataset, archiveUrl)),
  };
  // The elements of a dataset are in the order of their tags.
  return Object.fromEntries(Object.entries(described).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function performedBy(job: Job, dataset: DicomJson, archiveUrl: string): DicomJson {
  return {
    [tags.ProcedureStepProgressInformationSequence]: element('SQ', progressOf(job)),
    ...(job.startedAt !== undefined && {
      [tags.UnifiedProcedureStepPerformedProcedureSequence]: element('SQ', {
        [tags.PerformedProcedureStepDescription]: element('LO', 'Segmentation by text'),
        [tags.PerformedWorkitemCodeSequence]: element('SQ', ...itemsOf(dataset, tags.ScheduledWorkitemCodeSequence)),
        [tags.PerformedStationNameCodeSequence]: element('SQ'),
        [tags.OutputInformationSequence]: element('SQ', ...outputsOf(job.result, archiveUrl)),
        [tags.PerformedProcedureStepStartDateTime]: element('DT', dateTimeOf(new Date(job.startedAt))),
        ...(job.endedAt !== undefined && {
          [tags.PerformedProcedureStepEndDateTime]: element('DT', dateTimeOf(new Date(job.endedAt))),
        }),
        [tags.PerformedProcessingParametersSequence]: element(
          'SQ',
          ...itemsOf(dataset, tags.ScheduledProcessingParametersSequence),
        ),
      }),
    }),
  };
}

function progressOf({ state, progress, endedAt, problem }: Job): DicomJson {
  const description = progress?.message === undefined ? state : `${state}: ${progress.message}`;
  return {
    ...(state === 'completed' && { [tags.ProcedureStepProgress]: element('DS', 100) }),
    [tags.ProcedureStepProgressDescription]: element('ST', description.slice(0, 1024)),
    ...((state === 'failed' || state === 'cancelled') && {
      [tags.ProcedureStepCancellationDateTime]: element('DT', dateTimeOf(new Date(endedAt ?? 0))),
      [tags.ProcedureStepDiscontinuationReasonCodeSequence]: element('SQ', {
        [tags.CodeValue]: element('SH', '110513'),
        [tags.CodingSchemeDesignator]: element('SH', 'DCM'),
        [tags.CodeMeaning]: element('LO', 'Discontinued for unspecified reason'),
      }),
      [tags.ReasonForCancellation]: element('LT', `${problem?.code}: ${problem?.detail}`),
    }),
  };
}

/** One item per stored object, each in its own series. */
function outputsOf(result: StoredResult | undefined, archiveUrl: string): readonly DicomJson[] {
  if (result === undefined) return [];
  const { studyInstanceUID, alsoStored } = result;
  return [result, ...alsoStored].map(({ seriesInstanceUID, sopClassUID, sopInstanceUID }) => ({
    [tags.ReferencedSOPSequence]: element('SQ', {
      [tags.ReferencedSOPClassUID]: element('UI', sopClassUID),
      [tags.ReferencedSOPInstanceUID]: element('UI', sopInstanceUID),
    }),
    [tags.StudyInstanceUID]: element('UI', studyInstanceUID),
    [tags.SeriesInstanceUID]: element('UI', seriesInstanceUID),
    [tags.TypeOfInstances]: element('CS', 'DICOM'),
    [tags.WADORSRetrievalSequence]: element('SQ', {
      [tags.RetrieveURL]: element(
        'UR',
        `${archiveUrl}/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`,
      ),
    }),
  }));
}
