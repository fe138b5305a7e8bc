import type { DataSet } from 'dicom-parser';
import type { AttributeSource, TextDecoding } from './dataset.js';
import { vrOf } from './dictionary.js';
import { itemsOfSequence } from './parseDataset.js';

const binaryNumbers: Readonly<
  Record<string, { readonly size: number; read(set: DataSet, tag: string, index: number): number | undefined }>
> = {
  US: { size: 2, read: (set, tag, index) => set.uint16(tag, index) },
  OW: { size: 2, read: (set, tag, index) => set.uint16(tag, index) },
  SS: { size: 2, read: (set, tag, index) => set.int16(tag, index) },
  UL: { size: 4, read: (set, tag, index) => set.uint32(tag, index) },
  SL: { size: 4, read: (set, tag, index) => set.int32(tag, index) },
  FL: { size: 4, read: (set, tag, index) => set.float(tag, index) },
  FD: { size: 8, read: (set, tag, index) => set.double(tag, index) },
};

/** The values of a dataset parsed by dicom-parser. */
export class ParsedAttributes implements AttributeSource {
  constructor(readonly parsed: DataSet) {}

  tags(): readonly string[] {
    return Object.keys(this.parsed.elements);
  }

  size(tag: string): number | undefined {
    return this.parsed.elements[tag]?.length;
  }

  strings(tag: string): readonly string[] {
    const text = this.parsed.string(tag);
    return text === undefined || text === '' ? [] : text.split('\\').map(withoutPadding);
  }

  numbers(tag: string, isSigned: () => boolean): readonly (number | undefined)[] {
    const element = this.parsed.elements[tag];
    if (element === undefined || element.length === 0) return [];
    const binary = binaryNumbers[vrOf(element, isSigned)];
    if (binary === undefined) return this.strings(tag).map((text) => (text === '' ? undefined : Number(text)));
    return Array.from({ length: Math.floor(element.length / binary.size) }, (_, index) =>
      binary.read(this.parsed, tag, index),
    );
  }

  text(tag: string, decoder: TextDecoding): string {
    const element = this.parsed.elements[tag];
    if (element === undefined) return '';
    const { dataOffset, length } = element;
    const bytes = this.parsed.byteArray.subarray(dataOffset, dataOffset + length);
    return decoder.decode(bytes).replaceAll('\0', '').trimEnd();
  }

  items(tag: string): readonly ParsedAttributes[] {
    const element = this.parsed.elements[tag];
    return element === undefined ? [] : itemsOfSequence(this.parsed, element).map((item) => new ParsedAttributes(item));
  }
}

/** Values are padded with a space or, for UIDs, with a NUL byte (PS3.5 section 6.2). */
function withoutPadding(value: string): string {
  return value.replaceAll('\0', '').trim();
}
