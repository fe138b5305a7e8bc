import dcmjs from 'dcmjs';
import { transferSyntaxUIDs } from './encodePixelData.js';
import { uidFromName } from './uidFromName.js';

/** Attributes by DICOM keyword; `undefined` leaves one out. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A Part 10 file with the attributes and the pixels of its frames, each encoded by {@link encodePixelData}. */
export function writePart10(
  attributes: Attributes,
  frames: readonly Uint8Array[],
  compression: keyof typeof transferSyntaxUIDs,
): Uint8Array {
  const { DicomDict, DicomMetaDictionary } = dcmjs.data;
  const file = new DicomDict(
    DicomMetaDictionary.denaturalizeDataset({
      FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
      MediaStorageSOPClassUID: attributes.SOPClassUID,
      MediaStorageSOPInstanceUID: attributes.SOPInstanceUID,
      TransferSyntaxUID: transferSyntaxUIDs[compression],
      ImplementationClassUID: uidFromName('Promptseg dicom-fixtures'),
      ImplementationVersionName: 'PROMPTSEG_FIXT',
    }),
  );
  file.dict = DicomMetaDictionary.denaturalizeDataset({
    ...withDecimalStrings(attributes),
    PixelData: (compression === 'none' ? [Buffer.concat(frames)] : frames).map(
      (frame) => Uint8Array.from(frame).buffer,
    ),
    _vrMap: { PixelData: compression === 'none' ? 'OW' : 'OB', ...pixelValueRepresentations(attributes) },
  });
  // One fragment per frame: RLE requires it (PS3.5 annex G.2), and dcmjs cuts frames into pieces of 20 kB by default.
  return new Uint8Array(file.write({ fragmentMultiframe: false }));
}

/** Attributes with pixel values have US or SS, depending on Pixel Representation (PS3.5 annex A.1). */
function pixelValueRepresentations({ PixelRepresentation }: Attributes): Record<string, string> {
  const representation = PixelRepresentation === 1 ? 'SS' : 'US';
  return Object.fromEntries(
    ['PixelPaddingValue', 'PixelPaddingRangeLimit', 'SmallestImagePixelValue', 'LargestImagePixelValue'].map(
      (keyword) => [keyword, representation],
    ),
  );
}

/**
 * Longer numbers as decimal strings of at most 16 characters (PS3.5 section 6.2): dcmjs would truncate them after the
 * 16th, including the exponent.
 */
export function withDecimalStrings(attributes: Attributes): Attributes {
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    return typeof value === 'number' && String(value).length > 16 ? decimalString(value) : value;
  };
  return Object.fromEntries(Object.entries(attributes).map(([keyword, value]) => [keyword, convert(value)]));
}

/** The nearest number that fits in 16 characters. */
function decimalString(value: number): string {
  for (let digits = 17; ; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
}
