import type { Dataset } from '../dicom/dataset.js';
import { type LookUpTable, readLookUpTable } from '../dicom/lookUpTable.js';

/**
 * The table of the Modality LUT Sequence (0028,3000), which replaces Rescale Slope and Intercept.
 * @returns undefined if there is none
 * @throws PromptsegError `instance-unreadable` if it contradicts itself
 */
export function readModalityLut(frame: Dataset, isSigned: boolean, name: string): LookUpTable | undefined {
  const [item] = frame.items('x00283000');
  if (item === undefined) return undefined;
  const tags = { descriptor: 'x00283002', data: 'x00283006' } as const;
  return readLookUpTable(item, tags, isSigned, `${name} has a Modality LUT`);
}
