import { describe, expect, it } from '@jest/globals';
import { parquetReadObjects } from 'hyparquet';
import type { Caution } from '#contract/caution.js';
import type { Job } from '#contract/job.js';
import { formatCohortPage } from './cohortPage.js';
import { type EndedSeries, tableAsCsv, tableAsParquet, tableOf } from './cohortTable.js';

const target = {
  id: 'liver',
  name: 'Liver',
  code: { value: '10200004', scheme: 'SCT', meaning: 'Liver' },
  displayColour: [1, 2, 3] as const,
};
const member = (n: number) => ({ studyInstanceUID: `1.2.${n}`, seriesInstanceUID: `1.2.${n}.1` });

function ended(n: number, job: Partial<Job>): EndedSeries {
  const whole = {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    state: 'completed',
    request: { ...member(n), prompts: ['liver'] },
    createdAt: '2026-01-31T00:00:00Z',
    model: { id: 'body', version: '0.2.1', sha256: 'abc' },
    findings: [],
    ...job,
  } as unknown as Job;
  return { ...member(n), progress: { state: 'ended', job: whole } };
}
const found = (n: number, volumeMl: number, cautions: readonly Caution[] = []): EndedSeries =>
  ended(n, {
    findings: [
      {
        ...{ status: 'found', prompt: 'liver', target, segmentNumber: 1, volumeMl, voxelCount: 10, cautions },
        boundingBox: { first: [0, 0, 0], last: [1, 1, 1] },
      },
    ],
  });

const series: readonly EndedSeries[] = [
  ...Array.from({ length: 12 }, (_, n) => found(n, 1400 + 10 * n)),
  found(12, 90, [{ code: 'few-slices', text: 'It is on 2 <i>slices</i> only.', count: 2 }]),
  ended(13, {
    findings: [{ status: 'not-found', prompt: 'liver', target, reason: 'It is not in the field of view.' }],
  }),
  ended(14, {
    state: 'failed',
    problem: {
      ...{ type: 'about:blank', title: 'Slices are missing', status: 422, code: 'slices-missing', transient: false },
      ...{ detail: '3 slices are missing.', nextStep: 'Send them.', details: {} },
    },
  }),
  {
    ...member(15),
    progress: { state: 'refused', code: 'series-not-found', reason: '=The archive has no such series.' },
  },
];
const table = tableOf(series);
const rowsByName = table.rows.map((row) => Object.fromEntries(table.names.map((name, place) => [name, row[place]])));

describe('the table of a cohort', () => {
  it('has a row for each finding, and one for each series without any, with the reason', () => {
    expect(rowsByName).toHaveLength(16);
    expect(rowsByName[12]).toMatchObject({
      ...{ study_instance_uid: '1.2.12', series_instance_uid: '1.2.12.1', state: 'completed', finding: 'found' },
      ...{ name: 'Liver', code_value: '10200004', volume_ml: 90, model: 'body', model_version: '0.2.1' },
      cautions: 'It is on 2 <i>slices</i> only.',
      caution_codes: 'few-slices',
    });
    expect(rowsByName[13]).toMatchObject({ finding: 'not-found', reason: 'It is not in the field of view.' });
    expect(rowsByName[14]).toMatchObject({ state: 'failed', error_code: 'slices-missing' });
    expect(rowsByName[15]).toMatchObject({ state: 'refused', error_code: 'series-not-found' });
  });

  it('is CSV in which no text is run as a formula', () => {
    const lines = tableAsCsv(table).split('\r\n');
    expect(lines).toHaveLength(18);
    expect(lines[16]).toContain(",'=The archive has no such series.");
  });

  it('is Parquet with numbers as numbers and nulls where a cell is empty', async () => {
    const bytes = tableAsParquet(table);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const read = await parquetReadObjects({ file });
    expect(read).toHaveLength(16);
    expect(read[12]).toMatchObject({ series_instance_uid: '1.2.12.1', volume_ml: 90, error_code: null });
    expect(read[15]).toMatchObject({ error: '=The archive has no such series.', volume_ml: null });
  });
});

describe('the page of a cohort', () => {
  const page = formatCohortPage(
    { chosenBy: 'Modality=CT', request: { prompts: ['liver & <b>'] }, members: [] },
    series,
    'http://127.0.0.1:8460',
  );

  it('has a row for each instance, which repeats the codes of its finding and is not one that was found', () => {
    const instance = {
      ...{ number: 1, volumeMl: 0.5, voxelCount: 4, longestDiameterMm: 9, perpendicularDiameterMm: 7, slice: 3 },
      ...{ centroidLps: [1, 2, 3] as const, trackingUID: '2.25.1' },
    };
    const base = found(0, 0.75);
    if (base.progress.state !== 'ended') throw new Error('It has a job.');
    const [finding] = base.progress.job.findings;
    if (finding?.status !== 'found') throw new Error('It was found.');
    const many = { found: [instance, { ...instance, number: 2, volumeMl: 0.25 }], smaller: 0 };
    const { names, rows } = tableOf([
      ended(0, { findings: [{ ...finding, mean: 5, instances: { ...many, minimumMl: 0.1, mergeMm: 0 } }] }),
    ]);
    const cells = rows.map((row) => Object.fromEntries(names.map((name, place) => [name, row[place]])));
    expect(cells.map((row) => [row.finding, row.instance, row.volume_ml, row.mean, row.code_value])).toEqual([
      ['found', undefined, 0.75, 5, '10200004'],
      ['instance', 1, 0.5, undefined, '10200004'],
      ['instance', 2, 0.25, undefined, '10200004'],
    ]);
    expect(cells[1]).toMatchObject({
      ...{ longest_axial_diameter_mm: 9, perpendicular_diameter_mm: 7, diameter_slice: 3, tracking_uid: '2.25.1' },
      ...{ centroid_z_mm: 3, segment_number: 1, series_instance_uid: '1.2.0.1', model: 'body' },
    });
  });

  it('shows how each structure is distributed, and names what is far from the others with a link', () => {
    expect(page).toContain('<th>median</th><td class="number">1450 mL</td>');
    expect(page.match(/<li>/g)).toHaveLength(1);
    expect(page).toContain(
      '/segment-by-text?StudyInstanceUIDs=1.2.12&amp;result=00000000-0000-4000-8000-000000000012"',
    );
    expect(page).toContain('<img src="pictures/1.2.12.1.png"');
  });

  it('lists what has no result by its reason; texts are texts', () => {
    for (const reason of ['Liver: not found. It is not in the field of view.', '3 slices are missing.'])
      expect(page).toContain(`<td class="number">1</td><td>${reason}</td>`);
    expect(page).toContain('<h1>liver &amp; &lt;b&gt;</h1>');
    expect(page).not.toMatch(/<b>|<i>|<script/);
  });
});
