import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type OutputFolder, openOutputFolder } from './outputFolder.js';

let parent: string;
let target: string;
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'promptseg-output-'));
  target = path.join(parent, 'deep/out');
});
afterEach(() => rmSync(parent, { recursive: true }));

const fill = ({ staging }: OutputFolder, ...names: readonly string[]): void => {
  for (const name of names) writeFileSync(path.join(staging, name), `new ${name}`);
};
const everything = (): string[] => readdirSync(parent, { recursive: true, encoding: 'utf8' }).sort();

describe('the output folder', () => {
  it('gets all files at once, and has the permissions of other new folders', async () => {
    const output = await openOutputFolder(target, { force: false });
    fill(output, 'picture.png', 'result.json');
    expect(() => statSync(target)).toThrow();
    await output.commit();
    expect(everything()).toEqual(['deep', 'deep/out', 'deep/out/picture.png', 'deep/out/result.json']);
    mkdirSync(path.join(parent, 'like'));
    expect(statSync(target).mode).toBe(statSync(path.join(parent, 'like')).mode);
  });

  it('leaves nothing behind where the result does not come, not even the folders around it', async () => {
    const output = await openOutputFolder(target, { force: false });
    fill(output, 'picture.png');
    await output.discard();
    expect(everything()).toEqual([]);
  });

  it('may be there if it is empty', async () => {
    mkdirSync(target, { recursive: true });
    const output = await openOutputFolder(target, { force: false });
    fill(output, 'result.json');
    await output.commit();
    expect(readdirSync(target)).toEqual(['result.json']);
  });

  it('is not written over, unless that is wanted: then the earlier result goes, and other files stay', async () => {
    mkdirSync(target, { recursive: true });
    const names = [
      'segmentation.dcm',
      'segmentation-2-left-lung.nii.gz',
      'result.json',
      'mine.txt',
      'segmentation.txt',
    ];
    for (const name of names) writeFileSync(path.join(target, name), `old ${name}`);
    await expect(openOutputFolder(target, { force: false })).rejects.toMatchObject({
      code: 'output-unusable',
      message: expect.stringMatching(/not empty/),
    });

    const given = await openOutputFolder(target, { force: true });
    await given.discard();
    expect(readdirSync(target).sort()).toEqual([...names].sort());

    const output = await openOutputFolder(target, { force: true });
    fill(output, 'segmentation.nii.gz', 'result.json');
    await output.commit();
    expect(readdirSync(target).sort()).toEqual(['mine.txt', 'result.json', 'segmentation.nii.gz', 'segmentation.txt']);
    expect(readFileSync(path.join(target, 'result.json'), 'utf8')).toBe('new result.json');
  });

  it.each([['out/seg.nii.gz'], ['seg.dcm'], ['table.CSV']])('is not %s, which is meant as a file', async (name) => {
    await expect(openOutputFolder(path.join(parent, name), { force: true })).rejects.toThrow(/names a folder/);
  });

  it('is not a file', async () => {
    writeFileSync(path.join(parent, 'there'), '');
    for (const name of ['there', 'there/below'])
      await expect(openOutputFolder(path.join(parent, name), { force: true })).rejects.toMatchObject({
        code: 'output-unusable',
      });
  });

  it('is refused before anything is computed where it cannot be written', async () => {
    mkdirSync(path.join(parent, 'closed'));
    chmodSync(path.join(parent, 'closed'), 0o500);
    // The superuser may write everywhere but in such places.
    const closed = process.getuid?.() === 0 ? '/sys/out' : path.join(parent, 'closed/out');
    await expect(openOutputFolder(closed, { force: false })).rejects.toMatchObject({
      code: 'output-unusable',
      message: expect.stringMatching(/cannot be written/),
    });
  });
});
