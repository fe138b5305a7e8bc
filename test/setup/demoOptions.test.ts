import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { largestImageSeries, readDicomFolder } from '../../scripts/demo/dicomFolder.mjs';
import { readOptions } from '../../scripts/demo/options.mjs';
import { type DemoStudy, demoStudies } from '../../scripts/demo/studies.mjs';

const generated = path.resolve(import.meta.dirname, '../../dicom-fixtures/generated');
const phantom = path.join(generated, 'ct-body-phantom/instances');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-demo-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('options of npm run demo', () => {
  const task = ({ folder, hasTargets, prompts }: DemoStudy) => ({
    dicomFolder: path.join(folder, 'instances'),
    truthFolder: hasTargets ? folder : undefined,
    prompts,
  });

  it('are the studies that ship and prompts for each where none is given', async () => {
    const { segmented, others } = demoStudies();
    expect(await readOptions([])).toEqual({
      tasks: segmented.map(task),
      otherFolders: others.map((study) => path.join(study.folder, 'instances')),
      once: false,
      port: undefined,
    });
  });

  it('are one study for prompts of one’s own; the others are loaded', async () => {
    const { segmented, others } = demoStudies();
    expect(await readOptions(['--prompt', 'bone'])).toEqual({
      tasks: [{ ...task(segmented[0]!), prompts: ['bone'] }],
      otherFolders: [...segmented.slice(1), ...others].map((study) => path.join(study.folder, 'instances')),
      once: false,
      port: undefined,
    });
  });

  it('are head and trunk where their models are installed, else the phantom', async () => {
    const names = () => {
      const { segmented, others } = demoStudies(folder);
      return [segmented, others].map((studies) => studies.map((study) => path.basename(study.folder)));
    };
    const install = async (model: string) => {
      await mkdir(path.join(folder, model));
      await writeFile(path.join(folder, model, 'model.json'), '{}');
    };
    expect(names()).toEqual([['ct-body-phantom'], ['head-mr', 'trunk-ct']]);
    await install('body');
    expect(names()).toEqual([['trunk-ct'], ['head-mr', 'ct-body-phantom']]);
    await install('head');
    expect(names()).toEqual([['head-mr', 'trunk-ct'], ['ct-body-phantom']]);
  });

  it('take a folder with several prompts', async () => {
    const options = await readOptions(['--dicom', folder, '--prompt', 'bone', '--prompt', 'left lung', '--once']);
    expect(options).toEqual({
      tasks: [{ dicomFolder: folder, truthFolder: undefined, prompts: ['bone', 'left lung'] }],
      otherFolders: [],
      once: true,
      port: undefined,
    });
  });

  it.each([
    [['--dicom', 'somewhere'], 'Name what to segment'],
    [['--dicom', 'no/such/folder', '--prompt', 'bone'], 'does not exist'],
    [['--prompts', 'bone'], '--prompts'],
    [['--port', '99999'], '"99999" is not a port'],
    [['--port', '80a'], '"80a" is not a port'],
  ])('%j are refused in a sentence', async (args, sentence) => {
    await expect(readOptions(args)).rejects.toMatchObject({
      name: 'SetupError',
      message: expect.stringContaining(sentence),
    });
  });

  it('refuse a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(readOptions(['--port', String(port)])).rejects.toThrow(`Port ${port} is in use`);
    other.close();
  });
});

describe('a folder of one’s own', () => {
  it('gives its largest image series, and ignores what is no DICOM', async () => {
    const { files, ignored } = await readDicomFolder(path.dirname(phantom));
    expect(ignored).toBeGreaterThan(0);
    expect(largestImageSeries(files)).toMatchObject({ modality: 'CT', images: files.length });
  });

  it('chooses among CT, MR and PET by the number of images, multi-frame ones too', () => {
    const file = (seriesInstanceUID: string, modality: string, frames: number) => ({
      file: 'any',
      studyInstanceUID: '1.2',
      seriesInstanceUID,
      sopInstanceUID: '1.2.3',
      modality,
      frames,
    });
    const files = [file('1.1', 'CT', 1), file('1.1', 'CT', 1), file('1.2', 'MR', 60), file('1.3', 'SEG', 500)];
    expect(largestImageSeries(files)).toMatchObject({ seriesInstanceUID: '1.2', modality: 'MR', images: 60 });
    expect(() => largestImageSeries([file('1.3', 'SEG', 500)])).toThrow(
      'None of the 1 DICOM files is a CT, MR or PET image',
    );
  });

  it('is refused where it is empty, has no DICOM, or only broken DICOM', async () => {
    await mkdir(path.join(folder, 'below'));
    await expect(readDicomFolder(folder)).rejects.toThrow('is empty');
    await writeFile(path.join(folder, 'below/notes.txt'), 'no DICOM');
    await expect(readDicomFolder(folder)).rejects.toThrow('None of the 1 files');
    const broken = Buffer.alloc(140);
    broken.write('DICM', 128, 'latin1');
    await writeFile(path.join(folder, 'broken.dcm'), broken);
    await expect(readDicomFolder(folder)).rejects.toThrow('None of the 2 files');
    await expect(readDicomFolder(path.join(folder, 'none'))).rejects.toThrow('cannot be read (ENOENT)');
  });
});
