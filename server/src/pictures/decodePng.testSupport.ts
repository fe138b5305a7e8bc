import { createCanvas, loadImage } from '@napi-rs/canvas';

export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel, row by row. */
  readonly data: Uint8ClampedArray;
  /** Types of the chunks that contain text. */
  readonly texts: readonly string[];
}

/** Decodes a PNG in native code: a JavaScript decoder takes seconds in Jest's VM contexts. */
export async function decodePng(png: Uint8Array): Promise<DecodedPng> {
  const image = await loadImage(Buffer.from(png));
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data, texts: [...chunkTypes(png)].filter((type) => /^(tEXt|zTXt|iTXt|eXIf)$/.test(type)) };
}

/** PNG specification, section 5.3: each chunk has length, type, data and checksum. */
function* chunkTypes(png: Uint8Array): Generator<string> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at))
    yield String.fromCharCode(...png.subarray(at + 4, at + 8));
}
