import { describe, expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import type { Job } from '../../../../server/contract/job.js';
import type { ReviewState } from '../../../../server/contract/jobState.js';
import { aCompletedJob, leftLung } from '../../testing/jobs.js';
import type { JobResult } from '../results/results.js';
import { isListed, ReviewFilter } from './ReviewFilter.js';
import { reviewItems } from './reviewItems.js';

const nothing = () => undefined;
const reviewed = (state?: ReviewState): Pick<Job, 'review'> => (state === undefined ? {} : { review: { state } });
const markupOf = (jobs: readonly Pick<Job, 'review'>[], chosen: ReviewState | 'all' = 'all') =>
  renderToStaticMarkup(<ReviewFilter jobs={jobs} chosen={chosen} onChosen={nothing} />);

describe('the list of results by review', () => {
  it('counts each state, and is absent for one result', () => {
    const markup = markupOf([reviewed('draft'), reviewed('draft'), reviewed('accepted'), reviewed()], 'draft');
    expect(markup).toContain('<option value="all">All results (3)</option>');
    expect(markup).toContain('<option value="draft" selected="">Not reviewed (2)</option>');
    expect(markup).toContain('<option value="rejected">Rejected (0)</option>');
    expect(markupOf([reviewed('draft'), reviewed()])).toBe('');
    // A chosen state can be left again, even if it has no result any more.
    expect(markupOf([reviewed()], 'accepted')).toContain('All results (0)');
  });

  it('always has what runs or stored nothing', () => {
    const listed = (['draft', 'accepted', undefined] as const).map((state) => isListed(reviewed(state), 'accepted'));
    expect(listed).toEqual([false, true, true]);
    expect(isListed(reviewed('rejected'), 'all')).toBe(true);
  });
});

describe('feedback on all', () => {
  const calls: string[] = [];
  const results = {
    judgeAll: async (_: JobResult, { verdict }: { verdict: string }) => {
      calls.push(verdict);
    },
  };
  const found = aCompletedJob().findings.find(({ status }) => status === 'found');
  const itemsFor = (findings: Job['findings'], may = true) =>
    reviewItems(findings, {} as JobResult, results, { may: () => may });

  it('accepts or rejects everything', () => {
    const missing = { status: 'not-found', prompt: 'x', target: leftLung, reason: 'x' } as const;
    const [menu] = itemsFor([found!, found!, missing]);
    expect(menu!.label).toBe('Feedback on all 2');
    for (const { run } of menu!.items) run();
    expect(calls).toEqual(['accepted', 'rejected']);
  });

  it('is for those who may, and where there is more than one', () => {
    expect(itemsFor([found!])).toEqual([]);
    expect(itemsFor([found!, found!], false)).toEqual([]);
  });
});
