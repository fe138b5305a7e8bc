import { type DicomJson, firstText, itemsOf } from '#contract/dicomJson.js';
import { type SegmentationRequest, segmentationRequestSchema } from '#contract/job.js';
import { PromptsegError } from '../../platform/errors.js';
import { tags } from './workitemTags.js';

/** Coding scheme of the content items that state the task; no standard has codes for them. */
const parameterScheme = '99PROMPTSEG';
const parameterCodes = { prompt: 'PROMPT', model: 'MODEL', output: 'OUTPUT' } as const;

const outputs: Readonly<Record<string, NonNullable<SegmentationRequest['output']>>> = {
  binary: { segmentation: 'binary' },
  labelmap: { segmentation: 'labelmap' },
  fractional: { segmentation: 'fractional' },
  'measurement-report': { measurementReport: true },
  'rt-structure-set': { rtStructureSet: true },
  'secondary-capture': { secondaryCapture: true },
  report: { report: true },
  'presentation-state': { presentationState: true },
};

/** Whether all images have arrived (Input Readiness State), so that a job can begin. */
export const isReady = (dataset: DicomJson): boolean => firstText(dataset, tags.InputReadinessState) === 'READY';

/** The studies of its Input Information Sequence, each once; they determine who may see the workitem. */
export const studiesOf = (dataset: DicomJson): readonly string[] => [
  ...new Set(
    itemsOf(dataset, tags.InputInformationSequence).flatMap((input) => firstText(input, tags.StudyInstanceUID) || []),
  ),
];

/**
 * The request in a workitem: the one series of its Input Information Sequence, and the text content items of its
 * Scheduled Processing Parameters Sequence.
 * @throws PromptsegError `workitem-invalid`
 */
export function requestOf(dataset: DicomJson): SegmentationRequest {
  const inputs = itemsOf(dataset, tags.InputInformationSequence);
  const series = new Map(
    inputs.map((input) => {
      const studyInstanceUID = firstText(input, tags.StudyInstanceUID);
      const seriesInstanceUID = firstText(input, tags.SeriesInstanceUID);
      return [`${studyInstanceUID} ${seriesInstanceUID}`, { studyInstanceUID, seriesInstanceUID }];
    }),
  );
  if (series.size !== 1)
    throw invalid(`names ${series.size === 0 ? 'no' : 'more than one'} series in its Input Information Sequence`);
  const [prompts, models, asked] = [parameterCodes.prompt, parameterCodes.model, parameterCodes.output].map((code) =>
    parametersOf(dataset, code),
  ) as [string[], string[], string[]];
  const unknown = asked.find((output) => outputs[output] === undefined);
  if (unknown !== undefined) throw invalid('asks for an output that is not known', { known: Object.keys(outputs) });
  const request = segmentationRequestSchema.safeParse({
    ...[...series.values()][0],
    prompts,
    // A workitem cannot state this; what was not understood is in the job's findings.
    allowPartial: true,
    ...(models[0] !== undefined && { model: models[0] }),
    ...(asked.length > 0 && { output: Object.assign({}, ...asked.map((output) => outputs[output])) }),
    priority: firstText(dataset, tags.ScheduledProcedureStepPriority) === 'HIGH' ? 'interactive' : 'routed',
  });
  if (request.success) return request.data;
  const fields = request.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  throw invalid(`has no valid ${fields[0]?.field}: ${fields[0]?.message}`, { fields });
}

/** Values of the text content items with this concept code, in order. */
function parametersOf(dataset: DicomJson, code: string): string[] {
  return itemsOf(dataset, tags.ScheduledProcessingParametersSequence).flatMap((item) => {
    const [concept = {}] = itemsOf(item, tags.ConceptNameCodeSequence);
    const isAsked =
      firstText(concept, tags.CodeValue) === code &&
      firstText(concept, tags.CodingSchemeDesignator) === parameterScheme;
    const value = firstText(item, tags.TextValue);
    return isAsked && value !== '' ? [value] : [];
  });
}

export const invalid = (why: string, details: Readonly<Record<string, unknown>> = {}): PromptsegError =>
  new PromptsegError('workitem-invalid', `The workitem ${why}.`, { details });
