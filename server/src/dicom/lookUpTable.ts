import { PromptsegError } from '../platform/errors.js';
import type { Dataset, Tag } from './dataset.js';

/**
 * A look-up table (PS3.3 section C.11.1.1.1): `values[0]` is the result for `first`; inputs beyond its ends get the end
 * values.
 */
export interface LookUpTable {
  readonly first: number;
  readonly values: Uint16Array;
  /** Bits of an entry according to the descriptor, 8 to 16. */
  readonly bits: number;
}

/**
 * @param item with descriptor and data: an item of a LUT sequence, or an instance with palettes
 * @param isSigned whether inputs may be negative
 * @param name for messages: "Image 1 has a Modality LUT"
 * @throws PromptsegError `instance-unreadable` if the table contradicts itself
 */
export function readLookUpTable(
  item: Dataset,
  { descriptor, data }: { readonly descriptor: Tag; readonly data: Tag },
  isSigned: boolean,
  name: string,
): LookUpTable {
  // All three have the VR of the pixels, US or SS, so any may be stored as a two's complement.
  const [entries = 0, first = 0, bits = 0] = item.numbers(descriptor).map((value) => value & 0xffff);
  const count = entries === 0 ? 65_536 : entries;
  const words = item.numbers(data).map((value) => value & 0xffff);
  const isPacked = bits === 8 && words.length === Math.ceil(count / 2) && count > 1;
  const values = isPacked ? words.flatMap((word) => [word & 0xff, word >> 8]).slice(0, count) : words;
  if (values.length !== count || bits < 8 || bits > 16) {
    throw new PromptsegError('instance-unreadable', `${name} whose data do not match its descriptor.`);
  }
  return { first: isSigned && first > 32_767 ? first - 65_536 : first, values: Uint16Array.from(values), bits };
}

export function lookUp({ first, values }: LookUpTable, value: number): number {
  return values[Math.min(Math.max(value - first, 0), values.length - 1)]!;
}
