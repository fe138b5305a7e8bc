import type { SegmentationRequest } from '../../../../server/contract/job.js';
import { strings } from '../../client/strings.js';
import { type Question, requestOf } from './question.js';

/**
 * What a model of hundreds of targets may take of a person's patience, in seconds. What it has not come to then is
 * named.
 */
export const recognitionSeconds = 300;

/**
 * Asks which of all that the model knows the series shows. Nothing is stored of it: a person looks at the list first.
 */
export function recognitionOf(
  { model, stack }: Question,
  series: Pick<SegmentationRequest, 'studyInstanceUID' | 'seriesInstanceUID'>,
): SegmentationRequest {
  const everything: Question = { prompts: [], text: 'everything', ...(model && { model }), ...(stack && { stack }) };
  return {
    ...requestOf(everything, series, undefined),
    recognize: { withinSeconds: recognitionSeconds, store: false },
  };
}

/** What a job is called: its prompts, or the question of a recognition. */
export function titleOf({ prompts, recognize }: SegmentationRequest): string {
  return recognize === undefined ? prompts.join(', ') : strings.recognition.ask;
}
