/**
 * Assembles a series of 1,000 CT slices of 512 × 512, made one by one as they are read, with the compiled server, and
 * lays it on an even grid, as a job does. Prints as JSON the memory that this took at its peak and the size of the
 * volume.
 *
 * node assembleLargeSeries.mjs plain | missing-slice | two-phases
 */
import { createSeries } from '../../dicom-fixtures/dist/createSeries.js';
import { assembleVolume } from '../../server/dist/volume/assembleVolume.js';
import { onEvenGrid } from '../../server/dist/volume/onEvenGrid.js';

const kind = process.argv[2];
const slices = 1000;
// What differs from slice to slice has a fixed length in the file, so that it can be written over.
const uid = '2.25.777000000';
const height = '777000.5';
const acquisition = '777001';
const [template] = await createSeries({
  name: 'large',
  modality: 'CT',
  grid: { size: [512, 512, 1], voxelToLps: [0.7, 0, 0, 0, 0, 0.7, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
  valueAt: (i, j) => ((i * j) % 2000) - 1000,
  attributes: () => ({ SOPInstanceUID: uid, ImagePositionPatient: ['0', '0', height], AcquisitionNumber: acquisition }),
});

/** @param {number} place @param {number} phase */
function instance(place, phase) {
  const file = Buffer.from(/** @type {Uint8Array} */ (template));
  const overwrite = (/** @type {string} */ old, /** @type {number} */ value) => {
    for (let at = file.indexOf(old); at >= 0; at = file.indexOf(old, at + 1))
      file.write(String(value).padStart(old.length, '0'), at);
  };
  file.write(`2.25.${777_100_000 + 2 * place + phase}`, file.lastIndexOf(uid));
  overwrite(height, 10_000 + place);
  overwrite(acquisition, 100_000 + phase);
  return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
}

async function* instances() {
  for (let n = 0; n < slices; n++) {
    if (kind === 'missing-slice' && n === 500) continue;
    yield kind === 'two-phases' ? instance(n >> 1, n & 1) : instance(n, 0);
  }
}

const before = process.memoryUsage().rss;
const volume = onEvenGrid(await assembleVolume(instances(), { signal: new AbortController().signal }));
// maxRSS is in kilobytes.
const peak = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ bytesAboveBase: peak - before, size: volume.grid.size, notes: volume.notes }));
