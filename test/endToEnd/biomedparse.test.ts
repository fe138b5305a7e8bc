import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createImage } from '../../dicom-fixtures/src/createImage.js';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { createSlide } from '../../dicom-fixtures/src/createSlide.js';
import type { FoundFinding } from '../../server/contract/finding.js';
import type { Job, SegmentationRequest } from '../../server/contract/job.js';
import type { StacksView } from '../../server/contract/results.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { type ReadSegmentation, readSegmentation } from '../../server/src/results/readSegmentation.js';
import { fromAxes } from '../../server/src/values/affine.js';
import type { Grid } from '../../server/src/values/grid.js';
import { countBits, countCommonBits } from '../../server/src/values/maskBits.js';
import { describeWithConvertedModel } from '../support/convertedModel.js';
import { type Product, startProduct } from '../support/product.js';
import { call, type SeriesUIDs, submit, uidsOf, waitFor } from './productClient.js';

const grid: Grid = { size: [40, 30, 6], voxelToLps: fromAxes([5, 0, 0], [0, 4, 0], [0, 0, 3], [-90, -70, 200]) };

/** 5 × 4 × 3 mm voxels; a bright ball off the middle of a darker block, in HU or as an MR shows it. */
const series = (name: string, modality: 'CT' | 'MR') =>
  createSeries({
    name,
    modality,
    grid,
    valueAt: (i, j, k) => {
      const isBright = Math.hypot(i - 25, j - 12, 2 * (k - 3)) < 6;
      const isInside = i > 5 && i < 35 && j > 4 && j < 26;
      return modality === 'CT' ? (isBright ? 180 : isInside ? 20 : -1000) : isBright ? 900 : isInside ? 300 : 0;
    },
  });

/**
 * Two views of 41 × 37 pixels, so that frames do not begin with a byte; low values white, as most detectors have it.
 */
const radiographs = () =>
  Promise.all(
    [1, 2].map((number) =>
      createImage({
        name: 'chest',
        study: 'radiographs',
        kind: 'DX',
        columns: 41,
        rows: 37,
        number,
        pixels: { grayAt: (i, j) => 4000 - 60 * i - 30 * Math.abs(j - 18), bitsStored: 12 },
        attributes: { PhotometricInterpretation: 'MONOCHROME1', ViewPosition: number === 1 ? 'PA' : 'LL' },
      }),
    ),
  );

/** In colour, baseline JPEG, with a scale. */
const ultrasound = () =>
  createImage({
    name: 'ultrasound',
    kind: 'US',
    columns: 48,
    rows: 31,
    pixels: { colourAt: (i, j) => (Math.hypot(i - 20, j - 15) < 9 ? [30, 30, 34] : [120 + i, 118 + j, 125]) },
    compression: 'jpeg-baseline',
    attributes: {
      SequenceOfUltrasoundRegions: [
        {
          RegionSpatialFormat: 1,
          RegionDataType: 1,
          PhysicalUnitsXDirection: 3,
          PhysicalUnitsYDirection: 3,
          PhysicalDeltaX: 0.05,
          PhysicalDeltaY: 0.05,
        },
      ],
    },
  });

/** Cells on three levels of 160 × 120 pixels and fewer; the model's images have 64 × 64. */
const slide = () =>
  createSlide({
    name: 'slide',
    columns: 160,
    rows: 120,
    levels: 3,
    spacing: 0.0005,
    tile: { columns: 32, rows: 24 },
    compression: 'jpeg-baseline',
    colourAt: (column, row) =>
      Math.hypot((column % 40) - 20, (row % 40) - 20) < 9 ? [90, 50, 140] : [235, 190 + Math.round(column / 4), 215],
  });

describeWithConvertedModel(
  'BiomedParse with random weights, through Orthanc',
  ['tiny_biomedparse_2d.py', 'tiny_biomedparse_3d.py'],
  (makeModels) => {
    let product: Product;
    let ct: SeriesUIDs;
    let mr: SeriesUIDs;
    let dx: SeriesUIDs;
    let us: SeriesUIDs;
    let sm: SeriesUIDs;
    beforeAll(async () => {
      const volumes = [await series('biomedparse ct', 'CT'), await series('biomedparse mr', 'MR')];
      const images = [...volumes, await radiographs(), [await ultrasound()], await slide()];
      [ct, mr, dx, us, sm] = images.map(([first]) => uidsOf(first!)) as [
        SeriesUIDs,
        SeriesUIDs,
        SeriesUIDs,
        SeriesUIDs,
        SeriesUIDs,
      ];
      product = await startProduct({ instances: images.flat(), models: await makeModels() });
    });
    afterAll(() => product?.stop());

    const run = async (
      uids: SeriesUIDs,
      prompt: string,
      options: Pick<SegmentationRequest, 'model' | 'recognize' | 'stack' | 'region' | 'output'> = {
        model: 'medimageparse3d',
      },
    ) => {
      const { status, body } = await submit(product, { ...uids, prompts: [prompt], ...options });
      expect(status).toBe(202);
      return waitFor(product, body.id);
    };
    const stored = async ({ result }: Job): Promise<ReadSegmentation> => {
      const archive = createDicomWebArchive(product.archive.dicomWeb);
      const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = result!;
      return readSegmentation((await archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID))!);
    };

    it('v1 looks at each slice, leaves out what looks unlike the target, and lets masks overlap', async () => {
      const job = await run(ct, 'kidney tumor and gallbladder', { model: 'biomedparse' });
      expect(job).toMatchObject({
        state: 'completed',
        findings: [
          { status: 'found', target: { name: 'kidney tumor' } },
          { status: 'found', target: { name: 'gallbladder' }, presence: expect.any(Number) },
        ],
      });
      expect(job.findings![0]).not.toHaveProperty('presence');
      expect(job.notes.join(' ')).toMatch(
        /judged by their masks alone.*"gallbladder": \d of the 6 slices in which it was outlined/,
      );
      const segmentation = await stored(job);
      const [tumor, gallbladder] = [1, 2].map((segment) => maskOfSegment(segmentation, segment, grid).bits);
      expect(countCommonBits(tumor!, gallbladder!)).toBeGreaterThan(0);
      expect(countBits(gallbladder!)).toBeGreaterThan(countCommonBits(tumor!, gallbladder!));
    });

    it('v1 recognizes one of two targets in the same place, and gives both when asked for by name', async () => {
      const prompt = 'lung nodule and lung tumor';
      const recognized = await run(ct, prompt, {
        model: 'biomedparse',
        recognize: { withinSeconds: 100, store: false },
      });
      const [nodule, tumor] = recognized.findings!;
      const overlapped = nodule!.status === 'found' ? tumor : nodule;
      expect([nodule!.status, tumor!.status].sort()).toEqual(['found', 'not-found']);
      expect(overlapped).toMatchObject({
        reason: expect.stringMatching(/^\d+ % .* is also in "lung (nodule|tumor)",/),
      });
      const named = await run(ct, prompt, { model: 'biomedparse' });
      expect(named.findings).toMatchObject([{ status: 'found' }, { status: 'found' }]);
    });

    it('v1 reads words outside its vocabulary, and says whose reading it is', async () => {
      const job = await run(ct, '"shiny ball"', { model: 'biomedparse' });
      expect(job).toMatchObject({
        state: 'completed',
        findings: [{ target: { freeText: 'shiny ball', code: { scheme: '99PROMPTSEG' } } }],
      });
      expect(job.notes.join(' ')).toMatch(/shiny ball.* is not in the model's vocabulary/);
    });

    it('v1 outlines a radiograph among several; the object is on the image itself', async () => {
      const { body: listed } = await call<StacksView>(
        product,
        'GET',
        `/studies/${dx.studyInstanceUID}/series/${dx.seriesInstanceUID}/stacks`,
      );
      expect(listed.stacks.map(({ id, description }) => [id, description])).toEqual([
        ['image-1', 'image 1 (PA), 41 × 37 pixels'],
        ['image-2', 'image 2 (LL), 41 × 37 pixels'],
      ]);
      const jobs = [await run(dx, 'lungs', {}), await run(dx, 'lungs', { stack: 'image-2' })];
      for (const [index, job] of jobs.entries()) {
        expect(job).toMatchObject({ state: 'completed', model: { id: 'biomedparse' } });
        expect(job.notes.join(' ')).toMatch(/2 single images.*MONOCHROME1/);
        expect(job.stacks?.map(({ chosen }) => chosen)).toEqual([index === 0, index === 1]);
        const segmentation = await stored(job);
        expect(segmentation.frameOfReferenceUID).toBeUndefined();
        const [{ voxelCount, boundingBox }] = job.findings!.filter((finding) => finding.status === 'found') as [
          FoundFinding,
        ];
        const { bits } = maskOfSegment(segmentation, 1, { size: [41, 37, 1] });
        expect(countBits(bits)).toBe(voxelCount);
        expect(boundingBox.last[2]).toBe(0);
        expect(Object.keys(job.findings![0]!)).not.toContain('volumeMl');
      }
      const sources = await Promise.all(jobs.map(stored));
      expect(new Set(sources.flatMap(({ frames }) => frames.map((f) => f.sourceImages[0]!.sopInstanceUID))).size).toBe(
        2,
      );
    });

    it('v1 measures in mm² where an image has a scale, and recognizes in colour', async () => {
      const job = await run(us, 'everything', { recognize: { withinSeconds: 100, store: true } });
      expect(job.state).toBe('completed');
      const found = job.findings!.filter((finding) => finding.status === 'found');
      expect(found.length).toBeGreaterThan(0);
      for (const { voxelCount, areaMm2 } of found) expect(areaMm2).toBeCloseTo(voxelCount * 0.25, 9);
      expect(job.notes).toContain('The image was compressed with loss before it was stored.');
    });

    it('v1 segments a slide: the level nearest to its size, or a region in tiles, stored on that level', async () => {
      // Free text: random weights never pass the test that targets of the vocabulary have to.
      const whole = await run(sm, 'neoplastic cells and "purple cells"', {});
      expect(whole).toMatchObject({ state: 'completed', model: { id: 'biomedparse' } });
      expect(whole.stacks?.map(({ id, chosen }) => [id, chosen])).toEqual([
        ['level-2', true],
        ['level-3', false],
        ['level-1', false],
      ]);
      expect(whole.notes.join(' ')).toMatch(/80 × 60 pixels from column 1 and row 1 on were read, from 9 tiles/);
      // The same place in mm and in pixels of the finest level.
      const inPixels = await run(sm, '"purple cells"', {
        stack: 'level-1',
        region: { unit: 'pixels', column: 21, row: 11, columns: 120, rows: 100 },
      });
      const inMillimetres = await run(sm, '"purple cells"', {
        stack: 'level-1',
        region: { unit: 'mm', from: [19.995, 39.99], to: [19.9455, 39.9305] },
      });
      for (const job of [inPixels, inMillimetres]) {
        expect(job).toMatchObject({ state: 'completed', findings: [{ target: { freeText: 'purple cells' } }] });
        expect(job.notes.join(' ')).toMatch(/segmented in \d+ overlapping tiles of up to 64 × 64 pixels/);
      }
      expect(inMillimetres.findings).toEqual(inPixels.findings);
      const found = [whole, inPixels].flatMap((job) =>
        job.findings!.flatMap((finding) => (finding.status === 'found' ? [{ job, finding }] : [])),
      );
      expect(found).toHaveLength(2);
      for (const { job, finding } of found) {
        const matrix = job === whole ? [80, 60] : [160, 120];
        const { totalPixelMatrix, frames, pixels } = await stored(job);
        expect(totalPixelMatrix).toEqual(matrix);
        if (pixels.type !== 'BINARY') throw new Error(pixels.type);
        expect(countBits(pixels.bits)).toBe(finding.voxelCount);
        expect(frames.every(({ placeInMatrix }) => placeInMatrix !== undefined)).toBe(true);
        const micrometres = job === whole ? 1 : 0.5;
        expect(finding.areaMm2).toBeCloseTo(finding.voxelCount * (micrometres / 1000) ** 2, 12);
      }
    });

    it('v1 refuses a region of what is no slide, and one in pixels of no level', async () => {
      const region = { unit: 'pixels', column: 1, row: 1, columns: 10, rows: 10 } as const;
      const refused = async (uids: SeriesUIDs, more: Partial<SegmentationRequest>) =>
        (await submit(product, { ...uids, prompts: ['liver', 'neoplastic cells'], ...more })).body;
      expect(await refused(ct, { region })).toMatchObject({ code: 'slide-needed' });
      expect(await refused(sm, { region, prompts: ['neoplastic cells'] })).toMatchObject({
        code: 'slide-level-needed',
      });
      const output = { rtStructureSet: true };
      expect(await refused(sm, { output, prompts: ['neoplastic cells'] })).toMatchObject({ code: 'volume-needed' });
    });

    it('v1 makes no structure set of an image without a place, and other models refuse it', async () => {
      const asked = { ...dx, prompts: ['lungs'] };
      const refused = async (request: SegmentationRequest) => (await submit(product, request)).body;
      expect(await refused({ ...asked, output: { rtStructureSet: true } })).toMatchObject({ code: 'volume-needed' });
      expect(await refused({ ...asked, model: 'medimageparse3d' })).toMatchObject({ code: 'modality-not-served' });
    });

    it('v2 gives each target a presence and a box, in voxels and in the patient, and stores the result', async () => {
      const job = await run(ct, 'liver, spleen and left lung');
      expect(job.state).toBe('completed');
      expect(job.notes.join(' ')).toMatch(/window "soft-tissue" .* window "lung"/);
      const found = job.findings!.filter((finding) => finding.status === 'found');
      expect(job.findings).toHaveLength(3);
      expect(found.length).toBeGreaterThan(0);
      for (const finding of job.findings!) {
        if (finding.status === 'refused') throw new Error(finding.reason);
        expect(finding.presence).toBeGreaterThan(0);
        expect(finding.presence).toBeLessThan(1);
      }
      for (const { boundingBox, boundingBoxLps, presence } of found) {
        expect(presence).toBeGreaterThanOrEqual(0.5);
        const edge = (place: readonly number[], shift: number) =>
          [-90, -70, 200].map((mm, axis) => mm + [5, 4, 3][axis]! * (place[axis]! + shift));
        expect(boundingBoxLps).toEqual({
          least: edge(boundingBox.first, -0.5),
          greatest: edge(boundingBox.last, 0.5),
        });
      }
      const { segments } = await stored(job);
      expect(segments.map(({ label }) => label)).toEqual(found.map(({ target }) => target.name));
    });

    it('v2 segments a second prompt with the image features of the first', async () => {
      const job = await run(ct, 'pancreas');
      expect(job.state).toBe('completed');
      expect(job.notes).toContain('The image was looked at for an earlier prompt already; only the prompts were run.');
    });

    it('v2 gives the same result for the same request', async () => {
      const jobs = [await run(ct, 'liver'), await run(ct, 'liver')];
      const [first, second] = jobs.map(({ findings }) => findings);
      expect(first).toEqual(second);
    });

    it('v2 reads words outside its vocabulary in the window for free text, and judges their presence', async () => {
      const job = await run(ct, '"shiny ball"');
      expect(job).toMatchObject({
        state: 'completed',
        findings: [{ target: { freeText: 'shiny ball' }, presence: expect.any(Number) }],
      });
      expect(job.notes.join(' ')).toMatch(/window "soft-tissue".*shiny ball.* is not in the model's vocabulary/);
    });

    it('v2 looks at MR without a window', async () => {
      const job = await run(mr, 'liver');
      expect(job.state).toBe('completed');
      expect(job.notes.join(' ')).not.toMatch(/window/);
      expect(job.findings).toMatchObject([{ target: { name: 'liver' }, presence: expect.any(Number) }]);
    });

    it('v2 says what it does not look for in MR', async () => {
      const job = await run(mr, 'trachea');
      expect(job).toMatchObject({
        state: 'completed',
        findings: [{ status: 'not-found', reason: expect.stringContaining('modality CT only') }],
      });
    });
  },
);
