import { describe, expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import type { Comparison } from '../../../../server/contract/comparison.js';
import { leftLung } from '../../testing/jobs.js';
import { OverTimeOutcome } from './OverTimeOutcome.js';

const job = '2f0d5a3e-7c40-4f5c-9a55-0c1d4a8d9e11';
const comparison: Comparison = {
  now: { job },
  before: { job, state: 'completed', result: '1.2.3' },
  prior: {
    studyInstanceUID: '1.2',
    seriesInstanceUID: '1.2.3',
    description: 'Trunk',
    studyDate: '2026-01-01',
    daysBefore: 31,
    differences: [],
  },
  modelsDiffer: false,
  findings: [
    {
      target: leftLung,
      status: 'in-both',
      before: { volumeMl: 2000 },
      now: { volumeMl: 2200 },
      changeMl: 200,
      changeFraction: 0.1,
    },
    { target: { ...leftLung, id: 'cyst', name: 'Cyst' }, status: 'new', now: { volumeMl: 3 } },
  ],
};
const nothing = { cancelEarlier: async () => {} };
const markupOf = (change: Partial<Comparison> = {}) =>
  renderToStaticMarkup(<OverTimeOutcome comparison={{ ...comparison, ...change }} api={nothing} />);

describe('a comparison with an earlier study', () => {
  it('shows both volumes, the change in mL and in per cent, and what is new', () => {
    const rows = markupOf()
      .split('<tr')
      .slice(2)
      .map((row) =>
        row
          .replace(/^[^>]*>/, '')
          .replaceAll(/<[^>]+>/g, ' ')
          .replaceAll(/\s+/g, ' ')
          .trim(),
      );
    expect(rows).toEqual(['Left lung 2,000 2,200 +200 +10 %', 'Cyst – 3.00 new']);
    expect(markupOf()).not.toContain('over-time-notes');
  });

  it('says what makes a change doubtful', () => {
    const markup = markupOf({
      prior: {
        ...comparison.prior,
        differences: [{ part: 'contrast', before: 'Iodine', text: 'The contrast agent differs.' }],
      },
      modelsDiffer: true,
      findings: [
        {
          ...comparison.findings[0]!,
          before: { volumeMl: 1, cautions: [{ code: 'earlier-version', text: 'Cut off.' }] },
        },
      ],
    });
    expect(markup.match(/<li>/g)).toHaveLength(3);
    expect(markup).toContain('<li>Contrast agent: Iodine before, not stated now.</li>');
    expect(markup).toContain('<li>Left lung, before: Cut off.</li>');
  });

  it('says that a change is within the measured repeatability, and how that was measured', () => {
    const [lung] = comparison.findings;
    const within = { ...lung!, repeatabilityPercent: 12, isWithinRepeatability: true };
    const markup = markupOf({ repeatability: 'On a phantom.', findings: [within] });
    // Below the row, as wide as the table.
    expect(markup).toMatch(/<tr class="promptseg-below"><td [^>]*colSpan="4">within repeatability \(12 %\)<\/td>/i);
    expect(markup).toContain('<li>Repeatability: On a phantom.</li>');
    const beyond = { ...within, isWithinRepeatability: false };
    expect(markupOf({ findings: [beyond] })).not.toContain('within repeatability');
  });

  it('counts the changes of many', () => {
    const change = { before: [1], now: [1] };
    const changes = [
      { ...change, status: 'in-both' as const },
      { ...change, status: 'in-both' as const },
      { before: [3], now: [], status: 'no-longer-found' as const },
    ];
    const many = (instances: Comparison['findings'][number]['instances']) =>
      markupOf({ findings: [{ ...comparison.findings[0]!, instances }] });
    expect(many({ before: 3, now: 2, changes })).toContain(
      '<li>Left lung: 3 before, 2 now (2 at both times, 1 no longer found).</li>',
    );
    expect(many({ before: 3, now: 2 })).toContain(
      '3 before, 2 now (not matched by place: another frame of reference).',
    );
    expect(many({ before: 0, now: 0, changes: [] })).toContain('<li>Left lung: 0 before, 0 now.</li>');
  });

  it('says how places were matched, or why not', () => {
    const used = {
      status: 'used' as const,
      text: '',
      nowToBefore: [],
      turnedDegrees: 3.14,
      shiftedMm: 12.4,
      information: 1.4,
      overlap: 0.9,
    };
    expect(markupOf({ registration: used })).toContain(
      '<li>Matched by place after rigid registration (turned 3.1°, shifted 12 mm).</li>',
    );
    const unused = { status: 'not-used' as const, reason: 'mirrored' as const, text: '' };
    expect(markupOf({ registration: unused })).toContain('<li>No registration is used: the mirror image ');
  });

  it('shows no table while the earlier job runs, and after it was cancelled', () => {
    const running = markupOf({ before: { job, state: 'segmenting' }, findings: [] });
    expect([running.includes('<table'), running.includes('cancel-earlier')]).toEqual([false, true]);
    const cancelled = markupOf({ before: { job, state: 'cancelled' }, findings: [] });
    expect([cancelled.includes('<table'), cancelled.includes('cancel-earlier')]).toEqual([false, false]);
    expect(cancelled).toContain('no-earlier-findings');
  });
});
