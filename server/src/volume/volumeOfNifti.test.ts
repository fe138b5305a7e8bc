import { describe, expect, it } from '@jest/globals';
import { type NiftiModality, volumeOfNifti } from './volumeOfNifti.js';

const size = [40, 40, 40] as const;
const grid = { size, voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] as const };
/** A ball of `inside` in `outside`. */
const image = (inside: number, outside: number): Int16Array =>
  Int16Array.from({ length: 64_000 }, (_, n) => {
    const [i, j, k] = [n % 40, Math.floor(n / 40) % 40, Math.floor(n / 1600)];
    return (i - 20) ** 2 + (j - 20) ** 2 + (k - 20) ** 2 < 200 ? inside : outside;
  });
const notesOn = (voxels: Int16Array, modality: NiftiModality) =>
  volumeOfNifti({ grid, voxels, notes: ['Read.'] }, modality).notes.slice(1);

describe('volumeOfNifti', () => {
  it('gives the unit of the modality and keeps the notes of reading', () => {
    const { unit, modality, notes } = volumeOfNifti({ grid, voxels: image(40, -1000), notes: ['Read.'] }, 'CT');
    expect([unit, modality, notes]).toEqual(['HU', 'CT', ['Read.']]);
    expect(volumeOfNifti({ grid, voxels: image(40, 0), notes: [] }, 'MR').unit).toBe('arbitrary');
  });

  it('doubts what does not look like the modality', () => {
    expect(notesOn(image(40, -1000), 'CT')).toEqual([]);
    expect(notesOn(image(800, 0), 'MR')).toEqual([]);
    expect(notesOn(image(800, 0), 'CT')).toEqual([expect.stringMatching(/hardly be Hounsfield units/)]);
    expect(notesOn(image(40, -1000), 'MR')).toEqual([expect.stringMatching(/can hardly be MR/)]);
    expect(notesOn(image(40, -1000), 'PT')).toEqual([expect.stringMatching(/can hardly be PT/)]);
  });
});
