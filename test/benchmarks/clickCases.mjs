/** The scans with labels on which clicks are measured. Nothing was tuned or trained on them. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { fromAxes } from '../../server/dist/values/affine.js';
import { readNifti } from '../../server/dist/volume/readNifti.js';
import { volumeOfNifti } from '../../server/dist/volume/volumeOfNifti.js';

/** Numbers of TotalSegmentator in its example CT, by our name. */
const trunk = {
  liver: [5],
  colon: [20],
  'left gluteus maximus': [80],
  'right gluteus maximus': [81],
  'small bowel': [18],
  'left autochthonous back muscle': [86],
  'right autochthonous back muscle': [87],
  'left iliopsoas muscle': [88],
  'right iliopsoas muscle': [89],
  stomach: [6],
  'left hip bone': [77],
  'right hip bone': [78],
  spleen: [1],
  'urinary bladder': [21],
  sacrum: [25, 26],
  aorta: [52],
  'left kidney': [3],
  'right kidney': [2],
  'inferior vena cava': [63],
  gallbladder: [4],
};

/** FreeSurfer's numbers, of both sides where there are two. */
const head = {
  'cerebral white matter': [2, 41],
  'cerebral cortex': [3, 42],
  'body of the lateral ventricle': [4, 43],
  'cerebellar white matter': [7, 46],
  'cerebellar cortex': [8, 47],
  thalamus: [10, 49],
  'caudate nucleus': [11, 50],
  putamen: [12, 51],
  'globus pallidus': [13, 52],
  'third ventricle': [14],
  'fourth ventricle': [15],
  'brain stem': [16],
  hippocampus: [17, 53],
  amygdala: [18, 54],
};

/**
 * @typedef {{
 *   name: string,
 *   model: string,
 *   volume: import('../../server/dist/values/volume.js').EvenVolume,
 *   labels: ArrayLike<number>,
 *   structures: Readonly<Record<string, readonly number[]>>,
 *   sidesApart: boolean,
 * }} ClickCase `sidesApart`: each number of a structure is a side of it
 */

/**
 * @param {string} folder `shared/data/train`
 * @param {string} python with numpy
 * @param {string} scratch an empty folder
 * @returns {AsyncGenerator<ClickCase>}
 */
export async function* clickCases(folder, python, scratch) {
  const ct = path.join(folder, 'trunk_ct');
  yield {
    name: 'trunk CT',
    model: 'body',
    volume: volumeOfNifti(await readNifti(path.join(ct, 'example_ct.nii.gz')), 'CT'),
    labels: (await readNifti(path.join(ct, 'example_seg_fast_force_split.nii.gz'))).voxels,
    structures: trunk,
    sidesApart: false,
  };
  const script = path.join(import.meta.dirname, '../evaluation/write_brain_t1.py');
  const scan = path.join(folder, 'brain_t1_eval/data/test_scan.npz');
  const { stdout } = await promisify(execFile)(python, [script, scan, scratch]);
  /** @param {string} name */
  const bytes = async (name) => Uint8Array.from(await readFile(path.join(scratch, name))).buffer;
  const grid = { size: JSON.parse(stdout), voxelToLps: toLps };
  yield {
    name: 'brain T1',
    model: 'head',
    volume: volumeOfNifti({ grid, voxels: new Float32Array(await bytes('vol')), notes: [] }, 'MR'),
    labels: new Int16Array(await bytes('seg')),
    structures: head,
    sidesApart: true,
  };
}

/** The script's axes run to the right, front and top; DICOM's to the left, back and top. */
const toLps = fromAxes([-1, 0, 0], [0, -1, 0], [0, 0, 1], [0, 0, 0]);
