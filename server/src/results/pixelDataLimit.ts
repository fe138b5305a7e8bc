import { PromptsegError } from '../platform/errors.js';

/**
 * Pixel Data has a 32-bit length, and Node.js 20 holds at most 4 GiB in one array, which must also fit the rest of the
 * object.
 */
const maximumPixelDataBytes = 0xf0000000;

/** @throws PromptsegError `result-not-encodable` if one object cannot hold this many bytes of pixels */
export function requirePixelDataFits(pixelDataBytes: number): void {
  if (pixelDataBytes < maximumPixelDataBytes) return;
  throw new PromptsegError('result-not-encodable', 'The result has more pixels than one object can hold.', {
    details: { pixelDataBytes, maximumPixelDataBytes },
  });
}
