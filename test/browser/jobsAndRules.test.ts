import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  describeJobs,
  describeNoJobs,
  holdTwoJobs,
  jobsPage,
  releaseJobs,
  untilCompleted,
} from './jobsAndRules/jobs.js';
import { describeRules, describeTheRule, rulesPage, saveAndDeleteTheRule } from './jobsAndRules/rules.js';
import { server, start, startAll, stopAll } from './jobsAndRules/running.js';
import { screenshot } from './screenshot.js';

beforeAll(startAll);
afterAll(stopAll);

describe('the page /jobs before the first job', describeNoJobs);
describe('the page /rules', describeRules);
describe('the page /jobs', describeJobs);

// The last: what was looked at before is there again.
describe('a restart of the server', () => {
  it('is survived by /jobs and its jobs, and by /rules with what is written there; a rule is deleted', async () => {
    const pages = [jobsPage(), rulesPage()];
    const jobs = await holdTwoJobs();
    await describeTheRule();
    await server.kill();
    for (const { page } of pages) await page.getByText('Not connected').waitFor();
    await screenshot(jobsPage().page, 'jobs-lost', { fullPage: true });
    releaseJobs();
    await start();
    for (const { page } of pages) await page.getByText('The server was restarted.').waitFor();
    await untilCompleted(jobs);
    await screenshot(jobsPage().page, 'jobs-restarted', { fullPage: true });
    await saveAndDeleteTheRule();
    // The browser notes each request that no server took.
    const ours = pages.map(({ incidents }) =>
      incidents.filter((incident) => !/net::ERR_|Failed to load resource/.test(incident)),
    );
    expect(ours).toEqual([[], []]);
  });
});
