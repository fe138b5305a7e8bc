import { describe, expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import { aCompletedJob } from '../../testing/jobs.js';
import { requestForStack, StackChoice } from './StackChoice.js';

const stacks = [
  { id: 'echo-time-4.6', description: 'echo time 4.6 ms, 24 axial images', images: 24, chosen: true },
  { id: 'echo-time-9.2', description: 'echo time 9.2 ms, 24 axial images', images: 24, chosen: false },
];
const nothing = () => undefined;

describe('the choice of a stack', () => {
  it('shows all stacks, with the one that was used selected, and nothing to run yet', () => {
    const markup = renderToStaticMarkup(<StackChoice job={aCompletedJob({ stacks })} onRun={nothing} />);
    expect(markup).toContain(
      '<option value="echo-time-4.6" selected="">echo time 4.6 ms, 24 axial images (used)</option>',
    );
    expect(markup).toContain('<option value="echo-time-9.2">echo time 9.2 ms, 24 axial images</option>');
    expect(markup).toContain('aria-disabled="true"');
  });

  it('is not there for a series of one stack', () => {
    expect(renderToStaticMarkup(<StackChoice job={aCompletedJob()} onRun={nothing} />)).toBe('');
  });

  it('asks for the same again with another stack', () => {
    const job = aCompletedJob({ stacks });
    expect(requestForStack(job, 'echo-time-9.2')).toEqual({ ...job.request, stack: 'echo-time-9.2' });
  });

  it('asks for nothing with the stack that was used, or one that is not there', () => {
    const job = aCompletedJob({ stacks });
    expect(requestForStack(job, 'echo-time-4.6')).toBeUndefined();
    expect(requestForStack(job, 'echo-time-1')).toBeUndefined();
    expect(requestForStack(job, undefined)).toBeUndefined();
  });
});
