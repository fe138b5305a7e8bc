import type { Dataset } from '../dicom/dataset.js';

/**
 * Whether an image holds many slices side by side. Siemens marks it as MOSAIC, and states their number (Number Of
 * Images In Mosaic, also where Image Type was rewritten); United Imaging marks it as VFRAME, and lists the positions of
 * the slices in a private sequence.
 */
export function isMosaic(frame: Dataset, imageType: readonly string[]): boolean {
  if (imageType.includes('MOSAIC')) return true;
  if (imageType.includes('VFRAME')) return !frame.has('x00200032') || frame.items('x00651051').length > 0;
  return frame.string('x00190010') === 'SIEMENS MR HEADER' && (frame.numberIfSound('x0019100a') ?? 1) > 1;
}
