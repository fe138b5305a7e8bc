/** What a compressed frame says of itself. */
export interface CodestreamHeader {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  /** Bits per sample. */
  readonly precision: number;
}

/**
 * Reads the header of a JPEG, JPEG-LS or JPEG 2000 codestream. A decoder allocates what the header asks for, so it is compared with
 * the dataset before the decoder sees the frame.
 * @throws Error where there is no such header
 */
export function readCodestreamHeader(frame: Uint8Array): CodestreamHeader {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return view.getUint16(0) === 0xff4f ? readSizeSegment(view) : readFrameSegment(view);
}

/** The SIZ segment follows the start of a JPEG 2000 codestream at once (ISO/IEC 15444-1 section A.5.1). */
function readSizeSegment(view: DataView): CodestreamHeader {
  if (view.getUint16(2) !== 0xff51) throw new Error('JPEG 2000 codestream without SIZ');
  return {
    columns: view.getUint32(8) - view.getUint32(16),
    rows: view.getUint32(12) - view.getUint32(20),
    components: view.getUint16(40),
    precision: (view.getUint8(42) & 0x7f) + 1,
  };
}

/** Segments up to the start of frame: SOF0–SOF15 of JPEG (ISO/IEC 10918-1 table B.1), SOF55 of JPEG-LS. */
function readFrameSegment(view: DataView): CodestreamHeader {
  if (view.getUint16(0) !== 0xffd8) throw new Error('no start of image');
  let position = 2;
  for (;;) {
    const marker = view.getUint16(position);
    if (marker < 0xffc0 || marker === 0xffda) throw new Error('no start of frame');
    const isStartOfFrame = (marker >> 4 === 0xffc && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) || marker === 0xfff7;
    if (isStartOfFrame) {
      return {
        precision: view.getUint8(position + 4),
        rows: view.getUint16(position + 5),
        columns: view.getUint16(position + 7),
        components: view.getUint8(position + 9),
      };
    }
    position += marker === 0xffff ? 1 : 2 + view.getUint16(position + 2);
  }
}
