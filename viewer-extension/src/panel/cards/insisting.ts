import type { SegmentationRequest } from '../../../../server/contract/job.js';

/**
 * The same request, insisting, after a refusal because the series shows another part of the body than the model is made
 * for: tags may be wrong, and a person sees the images.
 * @param code of the refusal
 */
export const insisting = (request: SegmentationRequest, code: string | undefined): SegmentationRequest | undefined =>
  code === 'body-part-not-served' ? { ...request, anyway: true } : undefined;
