/** How the pixels of a transfer syntax are encoded. */
export type PixelEncoding =
  | 'native'
  | 'rle'
  | 'jpeg'
  | 'jpeg-lossless'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'htj2k'
  /** Listed for error messages; not decoded. */
  | 'undecodable';

interface TransferSyntax {
  /** The standard's own name (PS3.6 annex A). */
  readonly name: string;
  readonly pixelEncoding: PixelEncoding;
}

export const implicitVRLittleEndian = '1.2.840.10008.1.2';
export const explicitVRLittleEndian = '1.2.840.10008.1.2.1';
export const deflatedExplicitVRLittleEndian = '1.2.840.10008.1.2.1.99';
export const explicitVRBigEndian = '1.2.840.10008.1.2.2';
export const rleLossless = '1.2.840.10008.1.2.5';

/** Transfer syntaxes by UID (PS3.6 annex A; pixel encodings: PS3.5 annex A). */
export const transferSyntaxes: ReadonlyMap<string, TransferSyntax> = new Map([
  [implicitVRLittleEndian, { name: 'Implicit VR Little Endian', pixelEncoding: 'native' }],
  [explicitVRLittleEndian, { name: 'Explicit VR Little Endian', pixelEncoding: 'native' }],
  [deflatedExplicitVRLittleEndian, { name: 'Deflated Explicit VR Little Endian', pixelEncoding: 'native' }],
  [explicitVRBigEndian, { name: 'Explicit VR Big Endian', pixelEncoding: 'native' }],
  [
    '1.2.840.10008.1.2.1.98',
    { name: 'Encapsulated Uncompressed Explicit VR Little Endian', pixelEncoding: 'undecodable' },
  ],
  ['1.2.840.10008.1.2.4.50', { name: 'JPEG Baseline (Process 1)', pixelEncoding: 'jpeg' }],
  ['1.2.840.10008.1.2.4.51', { name: 'JPEG Extended (Process 2 & 4)', pixelEncoding: 'jpeg' }],
  [
    '1.2.840.10008.1.2.4.53',
    { name: 'JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)', pixelEncoding: 'undecodable' },
  ],
  [
    '1.2.840.10008.1.2.4.55',
    { name: 'JPEG Full Progression, Non-Hierarchical (Process 10 & 12)', pixelEncoding: 'undecodable' },
  ],
  ['1.2.840.10008.1.2.4.57', { name: 'JPEG Lossless, Non-Hierarchical (Process 14)', pixelEncoding: 'jpeg-lossless' }],
  [
    '1.2.840.10008.1.2.4.70',
    { name: 'JPEG Lossless, Non-Hierarchical, First-Order Prediction', pixelEncoding: 'jpeg-lossless' },
  ],
  ['1.2.840.10008.1.2.4.80', { name: 'JPEG-LS Lossless', pixelEncoding: 'jpeg-ls' }],
  ['1.2.840.10008.1.2.4.81', { name: 'JPEG-LS Lossy (Near-Lossless)', pixelEncoding: 'jpeg-ls' }],
  ['1.2.840.10008.1.2.4.90', { name: 'JPEG 2000 (Lossless Only)', pixelEncoding: 'jpeg-2000' }],
  ['1.2.840.10008.1.2.4.91', { name: 'JPEG 2000', pixelEncoding: 'jpeg-2000' }],
  [
    '1.2.840.10008.1.2.4.92',
    { name: 'JPEG 2000 Part 2 Multi-component (Lossless Only)', pixelEncoding: 'undecodable' },
  ],
  ['1.2.840.10008.1.2.4.93', { name: 'JPEG 2000 Part 2 Multi-component', pixelEncoding: 'undecodable' }],
  ['1.2.840.10008.1.2.4.94', { name: 'JPIP Referenced', pixelEncoding: 'undecodable' }],
  ['1.2.840.10008.1.2.4.95', { name: 'JPIP Referenced Deflate', pixelEncoding: 'undecodable' }],
  ['1.2.840.10008.1.2.4.100', { name: 'MPEG2 Main Profile / Main Level', pixelEncoding: 'undecodable' }],
  ['1.2.840.10008.1.2.4.101', { name: 'MPEG2 Main Profile / High Level', pixelEncoding: 'undecodable' }],
  ['1.2.840.10008.1.2.4.102', { name: 'MPEG-4 AVC/H.264 High Profile / Level 4.1', pixelEncoding: 'undecodable' }],
  ['1.2.840.10008.1.2.4.107', { name: 'HEVC/H.265 Main Profile / Level 5.1', pixelEncoding: 'undecodable' }],
  ['1.2.840.10008.1.2.4.110', { name: 'JPEG XL Lossless', pixelEncoding: 'undecodable' }],
  ['1.2.840.10008.1.2.4.111', { name: 'JPEG XL JPEG Recompression', pixelEncoding: 'undecodable' }],
  ['1.2.840.10008.1.2.4.112', { name: 'JPEG XL', pixelEncoding: 'undecodable' }],
  ['1.2.840.10008.1.2.4.201', { name: 'High-Throughput JPEG 2000 (Lossless Only)', pixelEncoding: 'htj2k' }],
  [
    '1.2.840.10008.1.2.4.202',
    { name: 'High-Throughput JPEG 2000 with RPCL Options (Lossless Only)', pixelEncoding: 'htj2k' },
  ],
  ['1.2.840.10008.1.2.4.203', { name: 'High-Throughput JPEG 2000', pixelEncoding: 'htj2k' }],
  [rleLossless, { name: 'RLE Lossless', pixelEncoding: 'rle' }],
  ['1.2.840.10008.1.2.8.1', { name: 'Deflated Image Frame Compression', pixelEncoding: 'undecodable' }],
] satisfies [string, TransferSyntax][]);
