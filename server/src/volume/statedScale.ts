import type { Dataset } from '../dicom/dataset.js';

/** value = stored × slope + intercept */
export interface LinearScale {
  readonly slope: number;
  readonly intercept: number;
}

/** Which of the two an image does not state. */
export interface LackingScale {
  readonly slope: boolean;
  readonly intercept: boolean;
}

export interface StatedScale {
  readonly scale: LinearScale;
  /** Neither, if a Modality LUT replaces them. */
  readonly lacks: LackingScale;
  /** Choices made, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Rescale Slope and Intercept as an image states them; 1 and 0 if it does not, or if a Modality LUT replaces them.
 * @param isOptional whether an image of this modality may omit them; otherwise a note says that they are missing
 * @throws PromptsegError `instance-unreadable`
 */
export function statedScale(frame: Dataset, isOptional: boolean): StatedScale {
  if (hasModalityLut(frame)) {
    const notes = ['Values were read through the Modality LUT of the images.'];
    return { scale: { slope: 1, intercept: 0 }, lacks: { slope: false, intercept: false }, notes };
  }
  const slope = frame.number('x00281053');
  const intercept = frame.number('x00281052');
  const lacks = { slope: slope === undefined, intercept: intercept === undefined };
  return {
    scale: { slope: slope ?? 1, intercept: intercept ?? 0 },
    lacks,
    notes:
      (lacks.slope || lacks.intercept) && !isOptional
        ? ['Rescale Slope or Intercept is missing; 1 and 0 were taken.']
        : [],
  };
}

/** By the Modality LUT Sequence (0028,3000). */
export const hasModalityLut = (frame: Dataset): boolean => frame.items('x00283000').length > 0;
