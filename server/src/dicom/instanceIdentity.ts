import { PromptsegError } from '../platform/errors.js';
import { parseBeginning } from './dicomInstance.js';

/** UIDs of the instance in a file. */
export interface InstanceIdentity {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

/**
 * Reads the UIDs from the beginning of a Part 10 file: about 50 µs, however large its pixels are.
 * @returns undefined if the file has none or is not DICOM
 */
export function readIdentity(part10: Uint8Array): InstanceIdentity | undefined {
  try {
    const instance = parseBeginning(part10, 'x0020000e');
    const [studyInstanceUID, seriesInstanceUID] = [instance.string('x0020000d'), instance.string('x0020000e')];
    if (studyInstanceUID === undefined || seriesInstanceUID === undefined) return undefined;
    return { studyInstanceUID, seriesInstanceUID, sopInstanceUID: instance.sopInstanceUID };
  } catch (error) {
    if (error instanceof PromptsegError) return undefined;
    throw error;
  }
}
