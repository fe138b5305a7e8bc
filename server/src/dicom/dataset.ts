import { PromptsegError } from '../platform/errors.js';

/** A data element tag in dicom-parser's form: 'x' and eight lower-case hexadecimal digits, 'x00280010' for Rows. */
export type Tag = `x${string}`;

/** The source of a dataset's values: a file (`parsedAttributes.ts`) or DICOM JSON (`headerOfJson.ts`). */
export interface AttributeSource {
  /** Tags of all elements, ascending. */
  tags(): readonly string[];
  /** Size of the element's value, 0 if it is empty: bytes in a file, values in JSON; undefined if absent. */
  size(tag: string): number | undefined;
  /** Without padding; empty if the attribute is absent or empty. */
  strings(tag: string): readonly string[];
  /**
   * Values that are not numbers become undefined.
   * @param isSigned whether the pixels are signed, which decides the VR of "US or SS" (PS3.5 section A.1)
   */
  numbers(tag: string, isSigned: () => boolean): readonly (number | undefined)[];
  /** The whole value, decoded and without trailing padding; empty if absent. */
  text(tag: string, decoder: TextDecoding): string;
  /** The items of a sequence. */
  items(tag: string): readonly AttributeSource[];
}

/** Decodes bytes in the character set of a dataset (see characterSets.ts). */
export interface TextDecoding {
  decode(bytes: Uint8Array): string;
}

/**
 * The largest value that is read as text or numbers: 65,536 entries of a look-up table. Longer ones would only fill the
 * memory.
 */
const maximumSize = 2 ** 17;

/**
 * The dataset of an instance, of an item of a sequence or of a frame, read by tag. Values are converted on access.
 *
 * Strings of a file are read as Latin-1: right for UIDs, codes and numbers. Other text is read with a decoder.
 */
export class Dataset {
  /** @param over sources that take precedence over `source`, in this order: the functional groups of a frame */
  constructor(
    readonly source: AttributeSource,
    private readonly over: readonly ReadonlyMap<string, AttributeSource>[] = [],
  ) {}

  /** Whether the element is present, even if empty. */
  has(tag: Tag): boolean {
    return this.holder(tag).size(tag) !== undefined;
  }

  /**
   * All values of a string attribute, without padding; empty if the attribute is absent or empty.
   * @throws PromptsegError `instance-unreadable` if the value is longer than {@link maximumSize}
   */
  strings(tag: Tag): readonly string[] {
    return this.sane(tag).strings(tag);
  }

  /** The first value of a string attribute; undefined if it is absent or empty. */
  string(tag: Tag): string | undefined {
    return this.strings(tag)[0] || undefined;
  }

  /**
   * All values of a numeric attribute (DS, IS, US, SS, UL, SL, FL, FD, OW); empty if it is absent or empty.
   * @throws PromptsegError `instance-unreadable` if a value is not a number, or longer than {@link maximumSize}
   */
  numbers(tag: Tag): readonly number[] {
    const isSigned = () => this.source.numbers('x00280103', () => false)[0] === 1;
    return this.sane(tag)
      .numbers(tag, isSigned)
      .map((value) => {
        if (value !== undefined && Number.isFinite(value)) return value;
        throw this.unreadable(tag, 'is not a number');
      });
  }

  /**
   * The first value of a numeric attribute; undefined if it is absent or empty. @throws PromptsegError as {@link
   * numbers}
   */
  number(tag: Tag): number | undefined {
    return this.numbers(tag)[0];
  }

  /** The same for an attribute that is not essential: a damaged one counts as absent. */
  numberIfSound(tag: Tag): number | undefined {
    try {
      return this.number(tag);
    } catch (error) {
      if (error instanceof PromptsegError) return undefined;
      throw error;
    }
  }

  /** The same for all values: empty if one is damaged. */
  numbersIfSound(tag: Tag): readonly number[] {
    return this.numberIfSound(tag) === undefined ? [] : this.numbers(tag);
  }

  /** The whole value of a text attribute, decoded and without trailing padding; empty if absent. */
  text(tag: Tag, decoder: TextDecoding): string {
    return this.sane(tag).text(tag, decoder);
  }

  /** The items of a sequence; empty if it is absent or empty. */
  items(tag: Tag): readonly Dataset[] {
    return this.holder(tag)
      .items(tag)
      .map((item) => new Dataset(item));
  }

  private holder(tag: Tag): AttributeSource {
    for (const holders of this.over) {
      const holder = holders.get(tag);
      if (holder !== undefined) return holder;
    }
    return this.source;
  }

  private sane(tag: Tag): AttributeSource {
    const holder = this.holder(tag);
    if ((holder.size(tag) ?? 0) > maximumSize) throw this.unreadable(tag, 'is too long');
    return holder;
  }

  private unreadable(tag: Tag, what: string): PromptsegError {
    return new PromptsegError('instance-unreadable', `The attribute (${tag.slice(1, 5)},${tag.slice(5)}) ${what}.`, {
      details: { tag: tag.slice(1), sopInstanceUID: this.source.strings('x00080018')[0] },
    });
  }
}
