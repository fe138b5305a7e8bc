import { describe, expect, it } from '@jest/globals';
import { redact } from './redact.js';

describe('what an agent is sent', () => {
  it.each([
    ['1.2.840.113619.2.55.3', '[removed]'],
    ['2.25.329800735698586629295641978511506172918', '[removed]'],
    ['series 2.25.12345, object 1.3.6.1.4.1.5', 'series [removed], object [removed]'],
    ['version 1.2.3 of 12.25.40', 'version 1.2.3 of 12.25.40'],
    ['12.25 mm', '12.25 mm'],
  ])('has no UID, of either kind: %s', (text, shown) => {
    expect(redact({ texts: [text] })).toEqual({ texts: [shown] });
  });
});
