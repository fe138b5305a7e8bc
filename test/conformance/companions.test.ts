import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { recommendedDisplayCIELabValue } from '../../server/src/results/displayColour.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import type { Volume } from '../../server/src/values/volume.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { type Companions, encodeCompanions } from './encodeCompanions.js';
import { volumeOfFolder } from './encodeSeries.js';
import {
  dciodvfy,
  dsrdump,
  itWithDciodvfy,
  itWithDcmdump,
  itWithPython,
  rasterizePresentationState,
  rasterizeStructureSet,
  readReportWithHighdicom,
} from './outsideTools.js';

const sources = [
  ['ct_head_tilt_and_mixed', 'ct_head_tilt_and_mixed/In/GE'],
  ['mr_enhanced', 'mr_enhanced/In/Philips'],
  ['mr_t1_head_sagittal', 'mr_t1_head_sagittal'],
  ['mr_decubitus', 'mr_decubitus'],
  ['pet_wholebody_with_seg', 'pet_wholebody_with_seg/PET'],
] as const;

describe.each(sources)('what is stored beside a segmentation of %s', (name, seriesFolder) => {
  describeWithSharedData('read with tools of others', [name], ([folder]) => {
    const images = path.join(folder!, '..', seriesFolder);
    let scratch: string;
    let volume: Volume;
    let companions: Companions;
    const file = (kind: string) => path.join(scratch, `${kind}.dcm`);

    beforeAll(async () => {
      scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-conformance-'));
      volume = await volumeOfFolder(images);
      companions = encodeCompanions(volume);
      for (const { kind, part10 } of companions.results) await writeFile(file(kind), part10);
    });
    afterAll(() => rm(scratch, { recursive: true, force: true }));

    itWithDciodvfy('have no errors for dciodvfy, and no warnings of their own', async () => {
      expect(await dciodvfy(file('measurement-report'))).toEqual({ errors: [], warnings: [] });
      expect(await dciodvfy(file('rt-structure-set'))).toEqual({ errors: [], warnings: [] });
      const { errors, warnings } = await dciodvfy(file('presentation-state'));
      expect(errors).toEqual([]);
      // The segmentation, and the side of the body, which is unknown.
      // And the unit of a PET.
      const foreseen = /ReferencedInstanceSequence.*not present|<\/Laterality|defined term = <BQML>/;
      expect(warnings.filter((each) => !foreseen.test(each))).toEqual([]);
    });

    itWithDcmdump('the report is read by dcmtk without complaint', async () => {
      const { stdout, stderr } = await dsrdump(file('measurement-report'));
      expect(stderr.replaceAll(/W: The VR checker does not support this Specific Character Set.*\n/g, '')).toBe('');
      expect(stdout.match(/"Measurement Group"/g)).toHaveLength(3);
    });

    itWithPython(
      'the report says for highdicom what the findings say, of the segments of the segmentation',
      async () => {
        const report = await readReportWithHighdicom(file('measurement-report'));
        const [segmentation] = companions.results;
        const stored = readSegmentation(segmentation.part10).segments;
        expect(report).toMatchObject({ class: 'Comprehensive SR Storage', observer: ['Device'] });
        expect(report.groups).toHaveLength(stored.length);
        report.groups.forEach((group, index) => {
          const segment = stored[index]!;
          expect(group).toMatchObject({
            trackingIdentifier: segment.label,
            trackingUID: segment.trackingUID,
            category: segment.category!.value,
            finding: segment.type!.value,
            sopInstanceUID: segmentation.sopInstanceUID,
            segmentNumber: segment.number,
            sourceSeries: volume.seriesInstanceUID,
          });
          const { volumeMl, mean, standardDeviation, longestAxialDiameterMm, voxelCount } = companions.segments[index]!;
          const values = [volumeMl, mean, standardDeviation, longestAxialDiameterMm, voxelCount];
          expect(group.measurements).toHaveLength(values.length);
          group.measurements.forEach(({ value }, measurement) => {
            expect(value).toBeCloseTo(values[measurement]!, 9);
          });
        });
        expect(report.groups[1]!.sites).toEqual([{ site: '64033007', laterality: '7771000' }]);
        expect(report.groups[0]!.sites).toEqual([]);
      },
    );

    itWithPython(
      'the contours, filled by Pillow, are the masks voxel for voxel',
      async () => {
        const rois = await rasterizeStructureSet(file('rt-structure-set'), images, volume.sourceImages);
        expect(rois.map((roi) => roi.name)).toEqual(companions.segments.map(({ target }) => target.name));
        rois.forEach((roi, index) => {
          const { mask, target, voxelCount } = companions.segments[index]!;
          expect(roi.voxels).toBe(voxelCount);
          expect(roi.sha256).toBe(createHash('sha256').update(mask.bits).digest('hex'));
          expect(roi.color).toEqual([...target.concept.displayColour]);
          expect(roi.offPlane).toBeLessThan(0.001);
        });
        expect(rois.map((roi) => roi.interpretedType)).toEqual(['', 'ORGAN', '']);
      },
      180_000,
    );

    itWithPython(
      'the outlines of the presentation state, filled by Pillow, are the masks pixel for pixel, in their colours',
      async () => {
        const { layers, area } = await rasterizePresentationState(file('presentation-state'), volume.sourceImages);
        expect(area).toEqual([1, 1, volume.grid.size[0], volume.grid.size[1]]);
        expect(layers.map(({ description }) => description)).toEqual([
          ...companions.segments.map(({ target }) => target.name),
          'Research use only',
        ]);
        companions.segments.forEach(({ mask, target, voxelCount }, index) => {
          const { pixels, sha256, lab } = layers[index]!;
          expect(pixels).toBe(voxelCount);
          expect(sha256).toBe(createHash('sha256').update(mask.bits).digest('hex'));
          expect(lab).toEqual(recommendedDisplayCIELabValue(target.concept.displayColour));
        });
      },
      180_000,
    );
  });
});
