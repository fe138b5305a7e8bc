import { describe, expect, it } from '@jest/globals';
import dcmjs from 'dcmjs';
import { createImage } from '../../dicom-fixtures/src/createImage.js';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { headerOfJson } from '../../server/src/dicom/headerOfJson.js';
import { fromAxes } from '../../server/src/values/affine.js';
import type { Grid } from '../../server/src/values/grid.js';
import { findStacks } from '../../server/src/volume/findStacks.js';
import { listStacks } from '../../server/src/volume/listStacks.js';
import { readSliceImages } from '../../server/src/volume/sliceImage.js';

const grid: Grid = { size: [8, 8, 5], voxelToLps: fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 3], [0, 0, 0]) };

const echo = (echoTime: number, images: number): Promise<Uint8Array[]> =>
  createSeries({
    name: 'echoes',
    modality: 'MR',
    grid: { ...grid, size: [8, 8, images] },
    valueAt: () => 1,
    attributes: (k) => ({ EchoTime: echoTime, SOPInstanceUID: `2.25.${echoTime * 10}00${k}` }),
  });

/** The WADO-RS metadata of a file: its elements by tag, the pixels as a reference to bulk data. */
function metadataOf(part10: Uint8Array): Parameters<typeof headerOfJson>[0] {
  const { dict } = dcmjs.data.DicomMessage.readFile(new Uint8Array(part10).buffer);
  return JSON.parse(JSON.stringify({ ...dict, '7FE00010': { vr: 'OW', BulkDataURI: 'http://127.0.0.1/bulk' } }));
}

describe('the stacks of a series, from its metadata', () => {
  it('are those that a run finds in its files', async () => {
    const files = [...(await echo(4.6, 5)), ...(await echo(9.2, 5)), ...(await echo(13.8, 4))];
    const listed = listStacks(files.map((file) => headerOfJson(metadataOf(file))));
    expect(listed.map(({ id, images }) => [id, images])).toEqual([
      ['echo-time-4.6', 5],
      ['echo-time-9.2', 5],
      ['echo-time-13.8', 4],
    ]);
    const found = findStacks(files.flatMap((file) => readSliceImages(parseInstance(file)))).stacks;
    expect(listed.map(({ id, description }) => [id, description])).toEqual(
      found.map(({ id, description }) => [id, description]),
    );
  });

  it('leave localizers out, and are none of a series without images', async () => {
    const files = await createSeries({
      name: 'with a localizer',
      modality: 'CT',
      grid,
      valueAt: () => 1,
      attributes: (k) => ({ ImageType: ['ORIGINAL', 'PRIMARY', k === 4 ? 'LOCALIZER' : 'AXIAL'] }),
    });
    expect(listStacks(files.map((file) => headerOfJson(metadataOf(file))))).toMatchObject([{ images: 4 }]);
    const report = { '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.88.33'] } };
    expect(listStacks([headerOfJson(report)])).toEqual([]);
  });

  it('are the images of a series of single images, without its loops', async () => {
    const image = (number: number, changes: object = {}) =>
      createImage({
        name: 'stills',
        kind: 'US',
        columns: 4,
        rows: 4,
        number,
        pixels: { grayAt: () => 9 },
        attributes: { ImageLaterality: 'L', ...changes },
      });
    const loop = await image(1, { SOPClassUID: '1.2.840.10008.5.1.4.1.1.3.1', NumberOfFrames: 4 });
    const files = [await image(3), loop, await image(2)];
    const headers = files.map((file) => headerOfJson(metadataOf(file)));
    expect(listStacks(headers)).toEqual([
      { id: 'image-2', description: 'image 2 (left), 4 × 4 pixels', images: 1 },
      { id: 'image-3', description: 'image 3 (left), 4 × 4 pixels', images: 1 },
    ]);
    expect(() => listStacks(headers.slice(1, 2))).toThrow(expect.objectContaining({ code: 'image-kind-unsupported' }));
  });

  it('do not stumble over what is no header of a slice, such as names', async () => {
    const [file] = await echo(4.6, 1);
    const odd = { ...metadataOf(file!), '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Ümlaut^日本' }] } };
    expect(listStacks([headerOfJson(odd)])).toMatchObject([{ images: 1 }]);
  });
});
