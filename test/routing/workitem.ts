import { type DicomJson, element } from '../../server/contract/dicomJson.js';
import { tags } from '../../server/src/routing/ups/workitemTags.js';

/** A segmentation workitem as an orchestrator would create it (PS3.4 table CC.2.5-3, IHE AI Workflow for Imaging). */
export function workitemOf(
  studyInstanceUID: string,
  seriesInstanceUID: string,
  prompts: readonly string[],
  outputs: readonly string[] = [],
): DicomJson {
  const parameter = (code: string, value: string): DicomJson => ({
    '0040A040': element('CS', 'TEXT'),
    [tags.ConceptNameCodeSequence]: element('SQ', {
      [tags.CodeValue]: element('SH', code),
      [tags.CodingSchemeDesignator]: element('SH', '99PROMPTSEG'),
      [tags.CodeMeaning]: element('LO', code.toLowerCase()),
    }),
    [tags.TextValue]: element('UT', value),
  });
  return {
    [tags.ProcedureStepState]: element('CS', 'SCHEDULED'),
    [tags.ScheduledProcedureStepPriority]: element('CS', 'MEDIUM'),
    [tags.InputReadinessState]: element('CS', 'READY'),
    [tags.InputInformationSequence]: element('SQ', {
      [tags.StudyInstanceUID]: element('UI', studyInstanceUID),
      [tags.SeriesInstanceUID]: element('UI', seriesInstanceUID),
      [tags.TypeOfInstances]: element('CS', 'DICOM'),
    }),
    [tags.ScheduledProcessingParametersSequence]: element(
      'SQ',
      ...prompts.map((prompt) => parameter('PROMPT', prompt)),
      ...outputs.map((output) => parameter('OUTPUT', output)),
    ),
  };
}
