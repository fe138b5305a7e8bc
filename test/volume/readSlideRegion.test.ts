import { describe, expect, it } from '@jest/globals';
import { createSlide, type SlideOptions } from '../../dicom-fixtures/src/createSlide.js';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { encapsulatedFrame } from '../../server/src/dicom/encapsulatedFrame.js';
import { headerOfJson } from '../../server/src/dicom/headerOfJson.js';
import { instanceMetadata } from '../../server/src/dicom/instanceMetadata.js';
import { explicitVRLittleEndian } from '../../server/src/dicom/transferSyntaxes.js';
import { type FramesOf, readSlideRegion } from '../../server/src/volume/readSlideRegion.js';

/** Smooth, so that JPEG keeps it nearly. */
const colourAt = (column: number, row: number) => [column / 2 + 50, row + 20, 200 - column / 2] as const;
const slide: SlideOptions = {
  name: 'slide',
  columns: 200,
  rows: 130,
  levels: 2,
  spacing: 0.001,
  tile: { columns: 64, rows: 48 },
  colourAt: (column, row) => colourAt(column, row).map(Math.round) as [number, number, number],
};

/** Reads pixels of the finest level. Frames come as stored, or decompressed to RGB. */
async function read(
  options: Partial<SlideOptions> = {},
  [column, row, columns, rows]: readonly number[] = [51, 31, 100, 60],
  { decompressed = false, signal = new AbortController().signal } = {},
) {
  const made = { ...slide, ...options };
  const parts = await createSlide(made);
  const asked: number[][] = [];
  const rgb = await createSlide({ ...made, compression: 'none' });
  const framesOf: FramesOf = async function* (sopInstanceUID, numbers) {
    asked.push([...numbers]);
    const level = parts.findIndex((part10) => parseInstance(part10).sopInstanceUID === sopInstanceUID);
    const stored = parseInstance((decompressed ? rgb : parts)[level]!);
    const element = stored.element('x7fe00010')!;
    const frameBytes = 3 * made.tile.columns * made.tile.rows;
    for (const number of numbers) {
      const start = element.dataOffset + (number - 1) * frameBytes;
      const isNative = stored.transferSyntaxUID === explicitVRLittleEndian;
      const bytes = isNative
        ? stored.parsed.byteArray.subarray(start, start + frameBytes)
        : encapsulatedFrame(stored, element, number - 1);
      yield { bytes: Uint8Array.from(bytes), transferSyntaxUID: stored.transferSyntaxUID };
    }
  };
  const progress: string[] = [];
  const headers = parts.map((part10) => headerOfJson(instanceMetadata(part10)));
  const region = await readSlideRegion(headers, () => ({ PatientID: 'PHANTOM-1' }), framesOf, {
    stack: 'level-1',
    region: { unit: 'pixels', column: column!, row: row!, columns: columns!, rows: rows! },
    modelSize: 64,
    signal,
    onProgress: (done, of) => progress.push(`${done}/${of}`),
  });
  return { region, asked, progress };
}

/** The greatest difference of any colour from what the slide shows at its place. */
function greatestError({ pixels, grid: { size }, first }: Awaited<ReturnType<typeof read>>['region']): number {
  let greatest = 0;
  for (let n = 0; n < size[0] * size[1]; n++) {
    const colour = colourAt(first[0] + (n % size[0]), first[1] + Math.floor(n / size[0]));
    colour.forEach((value, channel) => {
      greatest = Math.max(greatest, Math.abs(value - pixels.values[3 * n + channel]!));
    });
  }
  return greatest;
}

describe('a region of a slide', () => {
  it('has the colours of its place, across tiles, and asks for no other tile', async () => {
    const { region, asked, progress } = await read();
    expect(region.grid.size).toEqual([100, 60, 1]);
    expect(region.first).toEqual([50, 30]);
    expect(greatestError(region)).toBeLessThanOrEqual(0.5);
    expect(asked).toEqual([[1, 2, 3, 5, 6, 7]]);
    expect(progress.at(-1)).toBe('6/6');
    expect(region.modality).toBe('SM');
    // The nearest to the model's size first, as a run without a choice would take it.
    expect(region.stacks?.map(({ id, chosen }) => [id, chosen])).toEqual([
      ['level-2', false],
      ['level-1', true],
    ]);
    expect(region.notes).toContain(
      'Of level 1, 200 × 130 pixels of 1 µm, 100 × 60 pixels from column 51 and row 31 on were read, from 6 tiles.',
    );
  });

  it('in baseline JPEG has nearly the same, and says that it was compressed', async () => {
    const { region } = await read({ compression: 'jpeg-baseline' });
    expect(greatestError(region)).toBeLessThan(6);
    expect(region.notes).toContain('The image was compressed with loss before it was stored.');
  });

  it('is right if the archive decompresses what it stores as YBR_FULL_422', async () => {
    const { region } = await read({ compression: 'jpeg-baseline' }, undefined, { decompressed: true });
    expect(greatestError(region)).toBeLessThanOrEqual(0.5);
  });

  it('is white where TILED_SPARSE has no tile, and says so', async () => {
    const hasTile = (_level: number, x: number, y: number) => !(x === 1 && y === 0);
    const { region } = await read({ organization: 'TILED_SPARSE', hasTile });
    const at = (column: number, row: number) => {
      const start = 3 * ((row - 30) * 100 + column - 50);
      return [...region.pixels.values.subarray(start, start + 3)];
    };
    expect(at(80, 40)).toEqual([255, 255, 255]);
    expect(at(80, 50)).toEqual([90, 70, 160]);
    expect(region.notes).toContain('Parts of the region have no tile: taken as bare glass.');
  });

  it('ends with the slide', async () => {
    const { region } = await read({}, [151, 101, 500, 500]);
    expect(region.grid.size).toEqual([50, 30, 1]);
    expect(greatestError(region)).toBeLessThanOrEqual(0.5);
    expect(region.notes.join(' ')).not.toContain('bare glass');
  });

  it('is not read on after a cancellation', async () => {
    await expect(read({}, undefined, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
