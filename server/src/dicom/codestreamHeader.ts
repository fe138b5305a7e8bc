/** The header of a compressed frame. */
export interface CodestreamHeader {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  /** Bits per sample. */
  readonly precision: number;
}

const endOfImage = Buffer.from([0xff, 0xd9]);

/**
 * Offset of the end marker of a JPEG or JPEG-LS codestream; the marker cannot occur within coded data.
 * @throws Error if it is missing
 */
export function endOfImageOffset(frame: Uint8Array): number {
  const offset = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).lastIndexOf(endOfImage);
  if (offset < 0) throw new Error('codestream without an end');
  return offset;
}

/**
 * Reads the header of a JPEG, JPEG-LS or JPEG 2000 codestream. A decoder allocates memory by the header, so the header
 * is compared with the dataset first.
 * @throws Error if there is no such header
 */
export function readCodestreamHeader(frame: Uint8Array): CodestreamHeader {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return view.getUint16(0) === 0xff4f ? readSizeSegment(view) : readFrameSegment(view);
}

/**
 * Whether a JPEG, JPEG-LS or JPEG 2000 codestream is lossless. The codestream decides, because the transfer syntaxes
 * that allow loss are used for lossless images too. A truncated JPEG 2000 codestream with the reversible transformation
 * is not recognised as lossy.
 * @throws Error if there is no such header
 */
export function isCodedWithoutLoss(frame: Uint8Array): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint16(0) === 0xff4f) {
    // COD: its last byte is the wavelet transformation, 1 for the reversible one (ISO/IEC 15444-1 table A.20).
    return view.getUint8(segmentOf(view, 0xff52) + 13) === 1;
  }
  const marker = view.getUint16(startOfFrame(view));
  // SOF3 is JPEG's lossless process, SOF55 JPEG-LS.
  if (marker !== 0xfff7) return marker === 0xffc3;
  const scan = segmentOf(view, 0xffda);
  const near = view.getUint8(scan + 5 + 2 * view.getUint8(scan + 4));
  return near === 0;
}

/** Offset of the first segment with this marker. @throws Error if it is missing */
function segmentOf(view: DataView, wanted: number): number {
  for (let position = 2; ; position += 2 + view.getUint16(position + 2)) {
    const marker = view.getUint16(position);
    if (marker === wanted) return position;
    if (marker < 0xff01 || marker === 0xffd9) throw new Error(`codestream without ${wanted.toString(16)}`);
  }
}

/**
 * The SIZ segment is the first of a JPEG 2000 codestream (ISO/IEC 15444-1 section A.5.1).
 *
 * Every tile must have a tile-part: OpenJPEG silently fills missing tiles with 0.
 */
function readSizeSegment(view: DataView): CodestreamHeader {
  if (view.getUint16(2) !== 0xff51) throw new Error('JPEG 2000 codestream without SIZ');
  const tilesAlong = (axis: number): number =>
    Math.ceil((view.getUint32(8 + axis) - view.getUint32(32 + axis)) / view.getUint32(24 + axis));
  const [tiles, found] = [tilesAlong(0) * tilesAlong(4), tilesFound(view)];
  if (found !== tiles) throw new Error(`JPEG 2000 codestream with ${found} of ${tiles} tiles`);
  return {
    columns: view.getUint32(8) - view.getUint32(16),
    rows: view.getUint32(12) - view.getUint32(20),
    components: view.getUint16(40),
    precision: (view.getUint8(42) & 0x7f) + 1,
  };
}

/** Number of different tiles that have a tile-part (ISO/IEC 15444-1 sections A.4.2, A.4.3). */
function tilesFound(view: DataView): number {
  const [startOfTilePart, endOfCodestream] = [0xff90, 0xffd9];
  const tiles = new Set<number>();
  let position = 2;
  while (position + 2 <= view.byteLength && view.getUint16(position) !== endOfCodestream) {
    if (view.getUint16(position) !== startOfTilePart) {
      position += 2 + view.getUint16(position + 2);
      continue;
    }
    tiles.add(view.getUint16(position + 4));
    const length = view.getUint32(position + 6);
    if (length === 0) break; // up to the end of the codestream
    position += Math.max(length, 12);
  }
  return tiles.size;
}

function readFrameSegment(view: DataView): CodestreamHeader {
  const position = startOfFrame(view);
  return {
    precision: view.getUint8(position + 4),
    rows: view.getUint16(position + 5),
    columns: view.getUint16(position + 7),
    components: view.getUint8(position + 9),
  };
}

/** Offset of the start of frame: SOF0–SOF15 of JPEG (ISO/IEC 10918-1 table B.1) or SOF55 of JPEG-LS. */
function startOfFrame(view: DataView): number {
  if (view.getUint16(0) !== 0xffd8) throw new Error('no start of image');
  let position = 2;
  for (;;) {
    const marker = view.getUint16(position);
    if (marker < 0xffc0 || marker === 0xffda) throw new Error('no start of frame');
    const isStartOfFrame = (marker >> 4 === 0xffc && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) || marker === 0xfff7;
    if (isStartOfFrame) return position;
    position += marker === 0xffff ? 1 : 2 + view.getUint16(position + 2);
  }
}
