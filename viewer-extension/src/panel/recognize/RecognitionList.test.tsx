import { describe, expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import type { FoundFinding } from '../../../../server/contract/finding.js';
import type { Job } from '../../../../server/contract/job.js';
import { aCompletedJob, leftLung } from '../../testing/jobs.js';
import { ResultStore } from '../results/resultStore.js';
import { RecognitionList } from './RecognitionList.js';

const results = new ResultStore({} as never, {} as never, () => undefined);

const [, found] = aCompletedJob().findings as [unknown, FoundFinding];
const missing = { status: 'not-found' as const, prompt: 'everything', target: leftLung, reason: 'Not there.' };

function markupOf(findings: Job['findings'], change: Partial<Job> = {}): string {
  const { result: _, ...job } = aCompletedJob({ findings, recognition: { answered: findings.length, unanswered: [] } });
  const request = { ...job.request, recognize: { withinSeconds: 300, store: false } };
  return renderToStaticMarkup(
    <RecognitionList
      job={{ ...job, request, ...change }}
      jobs={[]}
      onRun={() => undefined}
      results={results}
      shown={[]}
    />,
  );
}
const textOf = (markup: string) => markup.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

describe('the list of what is in a series', () => {
  it('says how sure the model is, or honestly that it does not say', () => {
    expect(textOf(markupOf([{ ...found, presence: 0.97 }]))).toMatch(
      /1 of 1 structures found\. .*estimate that the structure is present\. ? Left lung 97% 2,310 mL/,
    );
    expect(textOf(markupOf([{ ...found, score: 0.8 }]))).toMatch(/mean probability of the segmented voxels\..* 80% /);
    const silent = textOf(markupOf([found]));
    expect(silent).toContain('This model gives no confidence.');
    expect(silent).not.toContain('%');
  });

  it('has nothing to store where nothing was found', () => {
    const markup = markupOf([missing]);
    expect(textOf(markup)).toBe(' 0 of 1 structures found. 1 not found Left lung ');
    expect(markup).not.toContain('store-ticked');
  });

  it('shows where it stopped, and offers the rest', () => {
    const recognition = { answered: 120, unanswered: Array.from({ length: 378 }, (_, n) => `t${n}`) };
    expect(textOf(markupOf([found], { recognition }))).toContain(
      'Checked 120 of 498; stopped after 5 min. 1 of 120 structures found. Check the other 378',
    );
  });

  it('waits for a tick before it stores, and says that showing stores', () => {
    const markup = markupOf([found]);
    expect(markup).toMatch(/aria-disabled="true"[^>]*data-promptseg="store-ticked"/);
    expect(markup).toContain('aria-label="Store Left lung as SEG and show it"');
  });
});
