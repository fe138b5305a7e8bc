import { createRequire } from 'node:module';
import path from 'node:path';
import { createCanvas as createSkiaCanvas, GlobalFonts } from '@napi-rs/canvas';

/** Red, green, blue, 0–255 each. */
export type Colour = readonly [number, number, number];

/** An image to draw on, 8 bits per channel; drawing beyond its edges is ignored. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** @param pixels red, green and blue, row by row */
  image(left: number, top: number, width: number, pixels: Uint8Array): void;
  fill(left: number, top: number, width: number, height: number, colour: Colour): void;
  /** @param top edge of its capital letters */
  text(left: number, top: number, text: string, colour: Colour): void;
  /** Width of a text in pixels. */
  widthOf(text: string): number;
  png(): Uint8Array;
  /** Red, green and blue, row by row. */
  rgb(): Uint8Array;
}

/** Height of a capital letter, in pixels. */
export const capitalHeight = 14;

/** In Inter, capitals are 0.727 of the font size. */
const fontSize = capitalHeight / 0.727;

/** Inter is bundled, one file per script, so that pictures look the same on a machine without fonts. */
const scripts = ['latin', 'latin-ext', 'greek', 'cyrillic'];
const families = scripts.map((script) => `Promptseg ${script}`);
const inter = path.dirname(createRequire(import.meta.url).resolve('@fontsource/inter/package.json'));
scripts.forEach((script, n) => {
  GlobalFonts.registerFromPath(path.join(inter, `files/inter-${script}-500-normal.woff2`), families[n]!);
});

export function createCanvas(width: number, height: number): Canvas {
  const canvas = createSkiaCanvas(width, height);
  const context = canvas.getContext('2d');
  context.font = `${fontSize}px ${families.map((family) => `"${family}"`).join(', ')}`;
  context.textBaseline = 'alphabetic';
  const paint = ([red, green, blue]: Colour): void => {
    context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
  };
  return {
    width,
    height,
    image(left, top, columns, pixels) {
      const image = context.createImageData(columns, pixels.length / (3 * columns));
      const { data } = image;
      for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
        data[to] = pixels[from]!;
        data[to + 1] = pixels[from + 1]!;
        data[to + 2] = pixels[from + 2]!;
        data[to + 3] = 255;
      }
      context.putImageData(image, left, top);
    },
    fill(left, top, boxWidth, boxHeight, colour) {
      paint(colour);
      context.fillRect(left, top, boxWidth, boxHeight);
    },
    text(left, top, text, colour) {
      paint(colour);
      context.fillText(text, left, top + capitalHeight);
    },
    widthOf: (text) => context.measureText(text).width,
    png: () => canvas.encodeSync('png'),
    rgb() {
      const { data } = context.getImageData(0, 0, width, height);
      const pixels = new Uint8Array(3 * width * height);
      for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
        pixels[to] = data[from]!;
        pixels[to + 1] = data[from + 1]!;
        pixels[to + 2] = data[from + 2]!;
      }
      return pixels;
    },
  };
}
