import { type DicomJson, itemsOf, numberOf, textsOf, valuesOf } from '#contract/dicomJson.js';
import type { AttributeSource } from './dataset.js';
import { InstanceHeader } from './instanceHeader.js';

/** The header of an instance from WADO-RS metadata, read like that of a file. */
export const headerOfJson = (dataset: DicomJson): InstanceHeader => new InstanceHeader(new JsonAttributes(dataset));

class JsonAttributes implements AttributeSource {
  constructor(private readonly dataset: DicomJson) {}

  tags(): readonly string[] {
    return Object.keys(this.dataset)
      .map((tag) => `x${tag.toLowerCase()}`)
      .sort();
  }

  /** Bulk data count as one value. */
  size(tag: string): number | undefined {
    const element = this.dataset[jsonTag(tag)];
    if (element === undefined) return undefined;
    return 'BulkDataURI' in element || 'InlineBinary' in element ? 1 : (element.Value ?? []).length;
  }

  /** The first representation of a person's name. */
  strings(tag: string): readonly string[] {
    const texts = valuesOf(this.dataset, jsonTag(tag)).map((value) => textsOf(value)[0] ?? '');
    return texts.every((text) => text === '') ? [] : texts;
  }

  numbers(tag: string): readonly (number | undefined)[] {
    const values = valuesOf(this.dataset, jsonTag(tag));
    return values.every((value) => value === null || value === '') ? [] : values.map(numberOf);
  }

  text(tag: string): string {
    return this.strings(tag).join('\\');
  }

  items(tag: string): readonly JsonAttributes[] {
    return itemsOf(this.dataset, jsonTag(tag)).map((item) => new JsonAttributes(item));
  }
}

/** x00280010 → 00280010 */
const jsonTag = (tag: string): string => tag.slice(1).toUpperCase();
