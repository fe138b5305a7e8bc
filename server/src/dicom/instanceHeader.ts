import { PromptsegError } from '../platform/errors.js';
import { type AttributeSource, Dataset, type Tag } from './dataset.js';

/** The header of a DICOM instance. Attributes that describe pixels are read on access. */
export class InstanceHeader extends Dataset {
  constructor(
    source: AttributeSource,
    /** Number of bytes after the last element of the file that do not belong to the dataset. */
    readonly trailingBytes = 0,
  ) {
    super(source);
  }

  get sopClassUID(): string {
    return this.required('x00080016', 'SOP Class UID', this.string('x00080016'));
  }

  get sopInstanceUID(): string {
    return this.required('x00080018', 'SOP Instance UID', this.string('x00080018'));
  }

  /** Whether there is a Pixel Data element; float pixel data and waveforms do not count. */
  get hasPixelData(): boolean {
    return this.has('x7fe00010');
  }

  /**
   * Rows (0028,0010). This and the following getters throw `instance-unreadable` if a required attribute is missing.
   */
  get rows(): number {
    return this.requiredNumber('x00280010', 'Rows');
  }

  get columns(): number {
    return this.requiredNumber('x00280011', 'Columns');
  }

  /** 1 if the attribute is absent: a single-frame image. */
  get numberOfFrames(): number {
    return this.number('x00280008') ?? 1;
  }

  get samplesPerPixel(): number {
    return this.number('x00280002') ?? 1;
  }

  get bitsAllocated(): number {
    return this.requiredNumber('x00280100', 'Bits Allocated');
  }

  get bitsStored(): number {
    return this.number('x00280101') ?? this.bitsAllocated;
  }

  get highBit(): number {
    return this.number('x00280102') ?? this.bitsStored - 1;
  }

  /** 0 unsigned, 1 two's complement. */
  get pixelRepresentation(): 0 | 1 {
    return this.number('x00280103') === 1 ? 1 : 0;
  }

  get photometricInterpretation(): string {
    return this.string('x00280004') ?? '';
  }

  private requiredNumber(tag: Tag, name: string): number {
    return this.required(tag, name, this.number(tag));
  }

  private required<T>(tag: Tag, name: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw new PromptsegError(
      'instance-unreadable',
      `An instance of the series lacks ${name}, so it cannot be read as an image.`,
      {
        details: { tag: tag.slice(1), sopInstanceUID: this.string('x00080018') },
      },
    );
  }
}
