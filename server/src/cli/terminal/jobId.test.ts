import { expect, it } from '@jest/globals';
import { jobId } from './jobId.js';

it('what is not the id of a job is refused before the server is asked, with where ids are', () => {
  expect(jobId('0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11')).toBe('0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11');
  for (const typed of ['', '17', '../../metrics', '2.25.17'])
    expect(() => jobId(typed)).toThrow(
      expect.objectContaining({ code: 'options-invalid', message: expect.stringContaining('promptseg jobs') }),
    );
});
