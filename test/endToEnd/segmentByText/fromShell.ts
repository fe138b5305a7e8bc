import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import type { Job } from '../../../server/contract/job.js';
import { readSegmentation } from '../../../server/src/results/readSegmentation.js';
import { type Ended, promptseg, startCommandLine } from '../../support/commandLine.js';
import { storedSegmentations, submit, waitFor } from '../productClient.js';
import { demo, found, product, small, tiny } from './running.js';

const commandLine = startCommandLine();
const printed = ({ status, stdout, stderr }: Ended) => ({ status, output: stdout + stderr });
const run = async (...args: string[]) => printed(await commandLine.run(...args, '--server', product.url));
const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).output);

// As in every phantom; never printed unasked.
const identifying = /Phantom\^|PatientName|patientName|patientID/i;

export function describeShell(): void {
  afterAll(() => commandLine.stop());

  it('recognises what the series shows, from a shell, and stores nothing', async () => {
    const before = await storedSegmentations(product);
    const { studyInstanceUID, seriesInstanceUID } = small;
    const { status, output } = await run(
      ...['segment', '--study', studyInstanceUID, '--series', seriesInstanceUID],
      ...['--recognize', '--within', '3600', '--model', 'ct-tissues'],
    );
    expect([status, output]).toEqual([0, expect.stringContaining('Left lung')]);
    expect(output).toMatch(/\d of 9 targets found\./);
    expect(output).toContain('Nothing was stored.');
    expect(await storedSegmentations(product)).toEqual(before);
  });

  it('does the same as the REST API', async () => {
    const segment = ['segment', '--study', small.studyInstanceUID, '--series', small.seriesInstanceUID];
    const asked = await submit(product, { ...small, prompts: ['left lung and bone'] });
    const [asProgram] = found(await waitFor(product, asked.body.id));
    // Started as a shell does.
    const program = (...args: string[]) => promptseg(...segment, ...args, '--server', product.url);
    const forPrograms = await program('--prompt', 'left lung', '--json');
    const fromShell = JSON.parse(forPrograms.stdout) as Job;
    expect(forPrograms.status).toBe(0);
    expect(found(fromShell)[0]).toMatchObject({ voxelCount: asProgram!.voxelCount });
    expect(await program('--prompt', 'pancreas')).toMatchObject({ status: 1 });
    const forPeople = await run(...segment, '--prompt', 'left lung');
    expect(forPeople.output).toMatch(/left lung.*SCT 39607008.*\d/i);
    expect((await run('models')).output).toContain('ct-tissues');
    const nobody = await commandLine.run('models', '--server', 'http://127.0.0.1:9');
    expect(nobody.stderr).toContain('promptseg serve');
  });

  it('finds studies and series without naming patients, unless that is wanted', async () => {
    const { studyInstanceUID, seriesInstanceUID } = demo;
    const listed = await run('studies', '--modality', 'ct', '--description', 'phantom');
    expect(listed).toMatchObject({ status: 0, output: expect.stringContaining(studyInstanceUID) });
    const { output } = await run('studies', '--modality', 'ct', '--json');
    expect(output).not.toMatch(identifying);
    expect(JSON.parse(output)).toContainEqual(
      expect.objectContaining({ studyInstanceUID, modalities: expect.arrayContaining(['CT']) }),
    );
    expect((await run('studies', '--identifiers', '--json')).output).toMatch(/"patientID":"[^"]/);
    expect(await json('studies', '--date', '1901-01-01')).toEqual([]);
    expect(await json('studies', '--date', 'yesterday')).toMatchObject({ code: 'options-invalid' });

    expect(await json('series', '--study', studyInstanceUID, '--modality', 'CT')).toEqual([
      expect.objectContaining({ seriesInstanceUID, modality: 'CT', numberOfImages: 100 }),
    ]);
    expect(await json('series', '--study', '1.2.3')).toMatchObject({ code: 'study-not-found' });
  });

  it('lists jobs, shows one, and downloads its result, all of it or nothing', async () => {
    const { studyInstanceUID } = tiny;
    const { body } = await submit(product, { ...tiny, prompts: ['body'] });
    const job = await waitFor(product, body.id);
    expect(await json('jobs', '--study', studyInstanceUID, '--state', 'completed', '--limit', '1')).toMatchObject([
      { id: job.id, state: 'completed' },
    ]);
    expect((await run('jobs')).output).toMatch(new RegExp(`completed +body +ct-tissues +1 found +${job.id}`));
    expect((await run('jobs', job.id)).output).toMatch(/Body +SCT 38266002/);

    const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-download-'));
    const out = path.join(folder, 'out');
    const { files } = await json('download', job.id, '--output', out, '--rt-structure-set');
    expect(files.sort()).toEqual(readdirSync(out).sort());
    const segmentation = readSegmentation(new Uint8Array(readFileSync(path.join(out, 'segmentation.dcm'))));
    expect(segmentation.sopInstanceUID).toBe(job.result!.sopInstanceUID);
    expect(JSON.parse(readFileSync(path.join(out, 'result.json'), 'utf8'))).toEqual(job);
    expect(await json('download', job.id, '--output', out)).toMatchObject({ code: 'output-unusable' });
    expect(
      await json('download', '0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11', '--output', path.join(folder, 'none')),
    ).toMatchObject({
      code: 'job-not-found',
    });
    expect(readdirSync(folder)).toEqual(['out']);
    rmSync(folder, { recursive: true });
  });
}
