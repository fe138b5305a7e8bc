/** A data element in the DICOM JSON model (PS3.18 annex F). */
export interface DicomJsonElement {
  /** Some archives omit it. */
  readonly vr?: string | undefined;
  /** Text, numbers, person names (`{ Alphabetic }`) or, of a sequence, items. */
  readonly Value?: readonly unknown[] | undefined;
  readonly InlineBinary?: string | undefined;
  readonly BulkDataURI?: string | undefined;
}

/** A dataset in the DICOM JSON model, by tag: eight upper-case hexadecimal digits. */
export type DicomJson = Readonly<Record<string, DicomJsonElement | undefined>>;

export const element = (vr: string, ...Value: readonly unknown[]): DicomJsonElement =>
  Value.length === 0 ? { vr } : { vr, Value };

export const valuesOf = (dataset: DicomJson, tag: string): readonly unknown[] => dataset[tag]?.Value ?? [];

/**
 * A value as texts, without the padding that some archives pass on: one text for a string or number, one per
 * representation of a person's name (PS3.18 section F.2.2), none for an empty value or an item.
 */
export function textsOf(value: unknown): readonly string[] {
  const texts = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  return texts.flatMap((text) => {
    if (typeof text !== 'string' && typeof text !== 'number') return [];
    const bare = String(text).replaceAll('\0', '').trim();
    return bare === '' ? [] : [bare];
  });
}

/** The first value as text; empty if it is absent. */
export const firstText = (dataset: DicomJson, tag: string): string => textsOf(valuesOf(dataset, tag)[0])[0] ?? '';

/** All values that are numbers. Archives may write numbers as text. */
export const numbersOf = (dataset: DicomJson, tag: string): readonly number[] =>
  valuesOf(dataset, tag).flatMap((value) => numberOf(value) ?? []);

/** @returns undefined if it is not a number */
export function numberOf(value: unknown): number | undefined {
  const [text] = typeof value === 'object' ? [] : textsOf(value);
  const number = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** The items of a sequence. */
export const itemsOf = (dataset: DicomJson, tag: string): readonly DicomJson[] =>
  valuesOf(dataset, tag).filter((item): item is DicomJson => typeof item === 'object' && item !== null);

/** A time as DT in UTC (PS3.5 section 6.2). */
export const dateTimeOf = (time: Date): string => `${time.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}+0000`;
