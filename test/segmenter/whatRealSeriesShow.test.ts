import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import type { Caution } from '../../server/contract/caution.js';
import type { ImageShows } from '../../server/contract/imageShows.js';
import { modelsFolder } from '../support/headModel.js';
import { describeWithSharedData } from '../support/sharedData.js';

interface Seen {
  readonly shows?: ImageShows;
  readonly cautions: readonly Caution[];
  readonly notes: readonly string[];
  /** By model and target. */
  readonly whyNotShown: Readonly<Record<string, string>>;
}

const thigh = 'ct_mr_pet_thigh/ibsi_validation/dicom/STS_004';

/** What people see. */
const series: Readonly<Record<string, readonly string[]>> = {
  mr_t1_head_sagittal: ['head', 'neck'],
  'mr_decubitus/In/HFDL/2_t1_fl2d_sag': ['head'],
  ct_chest: ['chest', 'abdomen'],
  ct_abdomen_pelvis: ['abdomen', 'pelvis'],
  [`${thigh}/CT/image`]: ['thigh'],
  [`${thigh}/MR_T1/image`]: ['thigh'],
  [`${thigh}/PET/image`]: ['thigh'],
  'pet_wholebody_with_seg/PET': ['head', 'neck', 'chest', 'abdomen', 'pelvis', 'thigh'],
  'rtstruct/tests/mock_data': [],
};
/** Of these the network is certain. */
const certain = ['mr_t1_head_sagittal', 'mr_decubitus/In/HFDL/2_t1_fl2d_sag', 'ct_chest', 'pet_wholebody_with_seg/PET'];
const names = [...new Set(Object.keys(series).map((folder) => folder.split('/')[0]!))];

describeWithSharedData('what real series show, by the shipped network', names, (folders) => {
  async function look(...asked: string[]): Promise<Seen[]> {
    const paths = asked.map((each) => {
      const [said, folder] = each.startsWith('upside down:') ? ['upside down:', each.slice(12)] : ['', each];
      const [name, ...rest] = folder.split('/');
      return said + path.join(folders[names.indexOf(name!)]!, ...rest);
    });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [path.join(import.meta.dirname, 'lookAtSeries.mjs'), modelsFolder, ...paths],
      { maxBuffer: 1e8 },
    );
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Seen);
  }

  it('is nothing that is not there, and of heads, a chest and a whole body all that is', async () => {
    const all = await look(...Object.keys(series));
    for (const [n, [folder, seen]] of Object.entries(series).entries()) {
      const { shows, cautions } = all[n]!;
      const regions = shows!.regions.map(({ name }) => name);
      expect([folder, regions]).toEqual([folder, regions.filter((name) => seen.includes(name))]);
      if (certain.includes(folder)) expect([folder, regions]).not.toEqual([folder, []]);
      // All of them state the right body part or none, the right modality and the right orientation.
      expect([folder, cautions]).toEqual([folder, []]);
    }
  });

  it('decides which targets are sought: parts of the brain in a head, a liver in a trunk', async () => {
    const [chest, head] = (await look('ct_chest', 'mr_t1_head_sagittal')) as [Seen, Seen];
    for (const id of ['head/brain', 'head/left-hippocampus', 'head/eyes', 'head/ventricles'])
      expect([id, chest.whyNotShown[id], head.whyNotShown[id]]).toEqual([
        id,
        expect.stringMatching(/^It is not in the field of view: the image shows chest/),
        undefined,
      ]);
    for (const id of ['body/liver', 'body/spleen', 'body/prostate'])
      expect([id, head.whyNotShown[id]]).toEqual([
        id,
        expect.stringMatching(/^It is not in the field of view: the image shows head/),
      ]);
    expect(chest.whyNotShown['body/liver']).toBeUndefined();
  });

  it('contradicts attributes that stand a chest on its head', async () => {
    const [turned] = await look('upside down:ct_chest');
    expect(turned!.shows!.orientation).toMatchObject({ status: 'differs', head: 'feet' });
    expect(turned!.cautions.map(({ code }) => code)).toEqual(['turned']);
  });
});
