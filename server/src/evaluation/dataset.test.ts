import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readDataset } from './dataset.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'promptseg-dataset-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(description: unknown, files: readonly string[]): void {
  writeFileSync(path.join(folder, 'dataset.json'), JSON.stringify(description));
  for (const file of files) {
    const whole = path.join(folder, file);
    mkdirSync(path.dirname(whole), { recursive: true });
    writeFileSync(whole, '');
  }
}

describe('readDataset', () => {
  it('reads nnU-Net’s layout, with labels made up of several values and words of our own for a label', async () => {
    write(
      {
        channel_names: { 0: 'CT' },
        labels: { background: 0, postcava: 8, kidneys: [2, 3], ignore: 15 },
        prompts: { postcava: 'inferior vena cava' },
      },
      [
        'imagesTr/b_0000.nii.gz',
        'imagesTr/a_0000.nii.gz',
        'imagesTr/c_0000.nii.gz',
        'labelsTr/a.nii.gz',
        'labelsTr/b.nii.gz',
      ],
    );
    const dataset = await readDataset(folder);
    expect(dataset.modality).toBe('CT');
    expect(dataset.labels).toEqual([
      { name: 'postcava', prompt: 'inferior vena cava', values: [8] },
      { name: 'kidneys', prompt: 'kidneys', values: [2, 3] },
    ]);
    expect(dataset.cases.map(({ name, image }) => [name, image.kind])).toEqual([
      ['a', 'nifti'],
      ['b', 'nifti'],
    ]);
    expect(dataset.notes).toEqual(['1 of the images have no label map and were left out.']);
  });

  it('reads version 1, and folders of DICOM images', async () => {
    write({ name: 'Livers', modality: { 0: 'MRI' }, labels: { 0: 'background', 1: 'liver' } }, [
      'images/one/1.dcm',
      'images/one/2.dcm',
      'labels/one.nii',
    ]);
    const dataset = await readDataset(folder);
    expect(dataset).toMatchObject({ name: 'Livers', modality: 'MR', labels: [{ name: 'liver', values: [1] }] });
    expect(dataset.cases).toMatchObject([{ name: 'one', image: { kind: 'dicom' } }]);
  });

  it('uses the given modality if dataset.json names none that is known', async () => {
    write({ channel_names: { 0: 'noNorm' }, labels: { liver: 1 } }, ['images/a.nii', 'labels/a.nii']);
    await expect(readDataset(folder)).rejects.toMatchObject({ code: 'dataset-invalid' });
    await expect(readDataset(folder, 'PT')).resolves.toMatchObject({ modality: 'PT' });
  });

  it.each([
    [
      'several channels',
      { channel_names: { 0: 'T1', 1: 'T2' }, labels: { tumour: 1 } },
      ['images/a.nii', 'labels/a.nii'],
    ],
    ['no label', { channel_names: { 0: 'CT' }, labels: { background: 0 } }, ['images/a.nii', 'labels/a.nii']],
    ['no labels folder', { channel_names: { 0: 'CT' }, labels: { liver: 1 } }, ['images/a.nii']],
    ['no case', { channel_names: { 0: 'CT' }, labels: { liver: 1 } }, ['images/a.nii', 'labels/b.nii']],
    ['another layout', { classes: ['liver'] }, ['images/a.nii', 'labels/a.nii']],
  ])('refuses a dataset with %s', async (_, description, files) => {
    write(description, files);
    await expect(readDataset(folder)).rejects.toMatchObject({ code: 'dataset-invalid' });
  });
});
