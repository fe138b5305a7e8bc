import type { Dataset } from '../dicom/dataset.js';
import { type LookUpTable, lookUp, readLookUpTable } from '../dicom/lookUpTable.js';

// Looked up once: in Jest's VM contexts every look-up of a global is slow.
const { exp, max, min } = Math;

/** Maps values after the Modality LUT to 0 (black, before any inversion) to 255. */
export interface ValuesOfInterest {
  readonly shown: (value: number) => number;
  /** What was used, for the record: "window 1600 ± 1400". */
  readonly description: string;
}

/**
 * How an image is meant to be displayed (VOI LUT Module, PS3.3 section C.11.2): the first table of its VOI LUT
 * Sequence, else its first window. Further ones are alternative views.
 *
 * @param isSigned whether values may be negative
 * @returns undefined if it states nothing, or nothing meaningful
 * @throws PromptsegError `instance-unreadable` for a table that contradicts itself
 */
export function readValuesOfInterest(frame: Dataset, isSigned: boolean, name: string): ValuesOfInterest | undefined {
  const [item] = frame.items('x00283010');
  if (item !== undefined) {
    const tags = { descriptor: 'x00283002', data: 'x00283006' } as const;
    return throughTable(readLookUpTable(item, tags, isSigned, `${name} has a VOI LUT`));
  }
  const [centre, width] = [frame.numberIfSound('x00281050'), frame.numberIfSound('x00281051')];
  if (centre === undefined || width === undefined) return undefined;
  const shown = throughWindow(centre, width, frame.string('x00281056') ?? 'LINEAR');
  return shown && { shown, description: `window centre ${centre}, width ${width}` };
}

function throughTable(table: LookUpTable): ValuesOfInterest {
  const highest = 2 ** table.bits - 1;
  return { shown: (value) => (lookUp(table, Math.round(value)) / highest) * 255, description: 'VOI LUT' };
}

/** VOI LUT Function (0028,1056): PS3.3 sections C.11.2.1.2 and C.11.2.1.3. */
function throughWindow(centre: number, width: number, kind: string): ((value: number) => number) | undefined {
  const byte = (fraction: number): number => 255 * min(1, max(0, fraction));
  if (kind === 'SIGMOID' && width > 0) return (value) => 255 / (1 + exp((-4 * (value - centre)) / width));
  if (kind === 'LINEAR_EXACT' && width > 0) return (value) => byte((value - centre) / width + 0.5);
  if (kind !== 'LINEAR' || width < 1) return undefined;
  // A width of 1 is a threshold.
  if (width === 1) return (value) => (value <= centre - 0.5 ? 0 : 255);
  return (value) => byte((value - (centre - 0.5)) / (width - 1) + 0.5);
}
