import { describe, expect, it } from '@jest/globals';
import { resampling } from './bootstrap.js';
import { drawEvaluation } from './drawEvaluation.js';
import type { Evaluation } from './evaluateDataset.js';
import { formatCsv, formatMarkdown, formatStructuresCsv } from './formatEvaluation.js';
import { formatPage } from './formatPage.js';

const statistics = (mean: number) => ({ mean, standardDeviation: 0.01, median: mean, least: mean });
const measured = { key: 'k', seconds: 1, executionProvider: 'cpu', sessionRunMs: 1 } as const;
const evaluation: Evaluation = {
  dataset: { name: 'Ours & <theirs>', modality: 'CT' },
  model: { id: 'a-model', version: '1.0.0', sha256: 'abc' },
  toleranceMm: 2,
  labels: [
    {
      label: 'liver',
      targets: ['Liver'],
      cases: 2,
      dice: { ...statistics(0.9), interval: [0.85, 0.93] },
      surfaceDice: statistics(0.8),
      meanDistanceMm: statistics(1.234),
      distance95Mm: statistics(5.5),
      volumeError: { ...statistics(-0.067), interval: [-0.1, 0.02] },
      volumeLimits: [-0.2, 0.0666],
      casesWithout: 1,
      foundWhereAbsent: 1,
      published: { dataset: 'AMOS22 CT', source: 'a card', dice: { 'nnU-Net': 0.9609 } },
    },
    { label: 'cyst', targets: ['Cyst'], cases: 0, casesWithout: 2, foundWhereAbsent: 0 },
  ],
  mean: { dice: 0.9, surfaceDice: 0.8 },
  resampling,
  notAsked: [{ label: 'umbrella', reason: 'This model knows nothing named “umbrella”.' }],
  cases: [
    {
      case: 'one, "first"',
      ...measured,
      labels: [
        {
          label: 'liver',
          trueMl: 1500,
          foundMl: 1400,
          dice: 0.9,
          surfaceDice: 0.8,
          meanDistanceMm: 1.234,
          distance95Mm: 5.5,
        },
        { label: 'cyst', trueMl: 0, foundMl: 0 },
      ],
    },
    {
      case: 'three <i>',
      ...measured,
      labels: [{ label: 'liver', trueMl: 9, foundMl: 0, dice: 0, surfaceDice: 0 }],
    },
  ],
  left: 0,
  failed: [{ case: 'two', code: 'nifti-unreadable', reason: 'The NIfTI file is cut off.' }],
  notes: [],
};

/** A picture with its own address as content. */
const readPicture = async (address: string): Promise<Uint8Array> => new TextEncoder().encode(address);

describe('an evaluation', () => {
  it('is a page with the published figures beside the measured ones, and says that they were not measured here', () => {
    const page = formatMarkdown(evaluation);
    expect(page).toContain('| liver | 2 | 0.900 ± 0.010 | 0.850–0.930 | 0.900 | 0.800 |  | 1 of 1 | 0.961 |');
    const [liver] = evaluation.labels;
    const alone = formatMarkdown({ ...evaluation, labels: [{ ...liver!, cases: 1 }] });
    expect(alone).toContain('| liver | 1 | 0.900 | 0.850');
    expect(page).toContain('| cyst | 0 |  |  |  |  |  | 0 of 2 |  |');
    expect(page).toContain('| liver | 1.23 | 5.50 | −6.7 % | −10.0 % to +2.0 % | −20.0 % to +6.7 % |');
    expect(page).toContain('published for AMOS22 CT (a card). Nothing of them was measured here');
    expect(page).not.toContain('Stopped');
    expect(formatMarkdown({ ...evaluation, left: 7 })).toContain('1 failed. Stopped with 7 left;');
    expect(page).toContain('- umbrella: This model knows nothing');
    expect(page).toContain('- two: The NIfTI file is cut off.');
  });

  it('says why it has no confidence intervals of few cases, and nothing of the kind for enough', async () => {
    expect(formatMarkdown(evaluation)).toContain('No confidence intervals: 2 cases say too little');
    expect(await formatPage(evaluation, readPicture)).toContain('No confidence intervals: 2 cases say too little');
    const [first] = evaluation.cases;
    expect(formatMarkdown({ ...evaluation, cases: [first!] })).toContain('No confidence intervals: 1 case says');
    const five = Array.from({ length: 5 }, () => first!);
    expect(formatMarkdown({ ...evaluation, cases: five })).not.toContain('No confidence intervals');
  });

  it('is a table for spreadsheets, with empty cells where there is nothing to compare', () => {
    expect(formatCsv(evaluation).split('\r\n')).toEqual([
      'case,label,true_ml,found_ml,dice,nsd,mean_distance_mm,distance_95_mm',
      '"one, ""first""",liver,1500.000,1400.000,0.90000,0.80000,1.234,5.500',
      '"one, ""first""",cyst,0.000,0.000,,,,',
      'three <i>,liver,9.000,0.000,0.00000,0.00000,,',
      '',
    ]);
  });

  it('is a table of structures with every figure, and empty cells for those that few cases do not give', () => {
    const [header, liver, cyst] = formatStructuresCsv(evaluation)
      .split('\r\n')
      .map((line) => line.split(','));
    const of = (row: readonly string[]) => Object.fromEntries(header!.map((name, n) => [name, row[n]]));
    expect(of(liver!)).toMatchObject({
      ...{ label: 'liver', cases: '2', cases_without: '1', found_where_absent: '1' },
      ...{ dice_mean: '0.9', dice_sd: '0.01', dice_ci_low: '0.85', dice_ci_high: '0.93', nsd_ci_low: '' },
      ...{ volume_error_mean: '-0.067', volume_limit_low: '-0.2', volume_limit_high: '0.0666' },
    });
    expect(of(cyst!)).toMatchObject({ label: 'cyst', cases: '0', dice_mean: '', dice_sd: '', volume_limit_low: '' });
    expect(cyst).toHaveLength(header!.length);
  });

  it('is a picture of what was measured, safe to open', () => {
    const svg = drawEvaluation(evaluation);
    expect(svg).toContain('Ours &amp; &lt;theirs&gt;');
    expect(svg).toContain('nnU-Net');
    expect(svg).not.toContain('cyst');
    expect(svg.match(/<circle/g)).toHaveLength(2);
  });

  it('is a page with pictures in it, the worst first, in which a name from a file is text only', async () => {
    const page = await formatPage(evaluation, readPicture);
    expect([...page.matchAll(/<img src="data:image\/png;base64,([^"]+)"/g)].map(([, base64]) => atob(base64!))).toEqual(
      ['cases/three <i>.0.png', 'cases/one, "first".0.png'],
    );
    expect(page).toContain(
      '<figcaption>three &lt;i&gt;: liver, Dice 0.000, NSD 0.000; label map: 9 mL; model: not there</figcaption>',
    );
    expect(page).toContain('<h1>a-model 1.0.0 on Ours &amp; &lt;theirs&gt;</h1>');
    expect(page).not.toMatch(/<i>|<theirs>|https?:|<script/);
    expect(await formatPage(evaluation, async () => undefined)).toContain('The picture was deleted.');
  });

  it('shows at most 200 pictures on the page, the worst, and says so', async () => {
    const cases = Array.from({ length: 201 }, (_, n) => ({
      case: `case ${n}`,
      ...measured,
      labels: [{ label: 'liver', trueMl: 9, foundMl: 9, dice: 1 - n / 201, surfaceDice: 1 }],
    }));
    const page = await formatPage({ ...evaluation, cases }, readPicture);
    expect(page.match(/<img/g)).toHaveLength(200);
    expect(page).toContain('The worst 200 of 201;');
    expect(page).not.toContain('case 0:');
  });
});
