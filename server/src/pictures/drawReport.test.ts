import { describe, expect, it } from '@jest/globals';
import { createCanvas } from './canvas.js';
import { drawReport, type ReportInput } from './drawReport.js';

const structure = {
  name: 'Left lung',
  colour: [200, 10, 10] as const,
  volumeMl: 1471.234,
  longestAxialDiameterMm: 181.26,
  mean: '-843 HU',
  cautions: ['The edge of the images cuts it off (feet).'],
};
const canvas = createCanvas(1200, 400);
canvas.fill(0, 0, 1200, 400, [40, 60, 80]);
const input: ReportInput = {
  planes: canvas.png(),
  title: 'Left lung, Bone',
  structures: [structure, { ...structure, name: 'Bone', volumeMl: 0.0123, longestAxialDiameterMm: undefined }],
  maker: 'ct-tissues 1.0.0',
  segmentation: '2.25.3002',
  createdAt: new Date('2026-11-22T04:05:06.789Z'),
};
const pagesOf = (pdf: Uint8Array): number =>
  Buffer.from(pdf)
    .toString('latin1')
    .match(/\/Type \/Page\b/g)?.length ?? 0;

describe('a report', () => {
  it('is a PDF of one page with its own fonts, and equal for equal input', async () => {
    const pdf = await drawReport(input);
    const text = Buffer.from(pdf).toString('latin1');
    expect([text.slice(0, 5), text.trimEnd().slice(-5), pagesOf(pdf)]).toEqual(['%PDF-', '%%EOF', 1]);
    expect(text.match(/\/FontFile/g)).toHaveLength(2);
    expect(Buffer.compare(pdf, await drawReport(input))).toBe(0);
  });

  it('stays on one page however much there is, and whatever it is called', async () => {
    const cautions = Array.from({ length: 9 }, (_, n) => `Sentence ${n}. ${'It goes on and on. '.repeat(20)}`);
    const many = Array.from({ length: 200 }, (_, n) => ({
      ...structure,
      name: `Gehirnstück ${n} 脑 ${'very long '.repeat(30)}`,
      cautions,
    }));
    const pdf = await drawReport({ ...input, structures: many, title: 'very long '.repeat(40) });
    expect([pagesOf(pdf), pdf.length < 200_000]).toEqual([1, true]);
    expect(pagesOf(await drawReport({ ...input, structures: [] }))).toBe(1);
  });
});
