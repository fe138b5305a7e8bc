import { createSeries } from '../../dicom-fixtures/dist/createSeries.js';
import { parseInstance } from '../../server/dist/dicom/dicomInstance.js';

/**
 * @typedef {object} MixedSeries
 * @property {string} kind
 * @property {boolean} matches Whether the rule of the test is for it.
 * @property {string} seriesInstanceUID
 * @property {Uint8Array[]} instances
 */

/** For the series that match. */
export const rule = {
  name: 'new-ct',
  match: {
    all: [
      { attribute: 'Modality', equals: 'CT' },
      { derived: 'numberOfImages', atLeast: 2 },
    ],
  },
  prompts: ['body'],
  model: 'ct-tissues',
};

export const slices = 4;
const grid = /** @type {const} */ ({
  size: [24, 24, slices],
  voxelToLps: [10, 0, 0, 0, 0, 10, 0, 0, 0, 0, 10, 0, 0, 0, 0, 1],
});

const original = { ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'] };

/**
 * Kinds of series and what of each is special: two in five are for the rule, as many of the rest look alike in all but
 * one attribute.
 *
 * @type {readonly { kind: string, modality: 'CT' | 'MR', matches?: boolean, attributes: Record<string, unknown> }[]}
 */
const kinds = [
  { kind: 'CT', modality: 'CT', matches: true, attributes: original },
  { kind: 'MR', modality: 'MR', attributes: original },
  { kind: 'derived CT', modality: 'CT', attributes: { ImageType: ['DERIVED', 'PRIMARY', 'AXIAL'] } },
  { kind: 'CT', modality: 'CT', matches: true, attributes: original },
  {
    kind: 'SEG',
    modality: 'CT',
    attributes: { ...original, Modality: 'SEG', SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4' },
  },
  { kind: 'CT', modality: 'CT', matches: true, attributes: original },
  {
    kind: 'SR',
    modality: 'CT',
    attributes: { ...original, Modality: 'SR', SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.33' },
  },
  {
    kind: 'secondary capture',
    modality: 'CT',
    attributes: { ...original, SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' },
  },
  { kind: 'CT', modality: 'CT', matches: true, attributes: original },
  { kind: 'secondary CT', modality: 'CT', attributes: { ImageType: ['ORIGINAL', 'SECONDARY', 'AXIAL'] } },
];

/**
 * Small series of mixed kinds, two to a study. The CTs show a box of water: `body` finds it.
 *
 * @param {number} count
 * @returns {Promise<MixedSeries[]>}
 */
export async function mixedSeries(count) {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const { kind, modality, matches = false, attributes } = kinds[index % kinds.length] ?? kinds[0];
      const instances = await createSeries({
        name: `routed ${index}`,
        study: `routed study ${index >> 1}`,
        modality,
        grid,
        valueAt: (i, j) => (i > 3 && i < 20 && j > 3 && j < 20 ? 40 : -1000),
        attributes: () => attributes,
      });
      const seriesInstanceUID = parseInstance(instances[0] ?? new Uint8Array()).string('x0020000e') ?? '';
      return { kind, matches, seriesInstanceUID, instances };
    }),
  );
}
