import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { print, say } from './print.js';

const written: string[] = [];
beforeEach(() => {
  written.length = 0;
  for (const stream of [process.stdout, process.stderr])
    jest.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** An escape sequence that sets the title, and letters that are written backwards. */
const hostile = '\u001b]0;title\u0007\u202Ella\u2028';

it('a text for people holds nothing that a terminal obeys', () => {
  print(false, {}, () => `The rule ${hostile} is enabled.\nIt has 2 prompts.`);
  say(`No rule ${hostile}.`);
  expect(written).toEqual([
    'The rule \uFFFD]0;title\uFFFD\uFFFDlla\uFFFD is enabled.\nIt has 2 prompts.\n',
    'No rule \uFFFD]0;title\uFFFD\uFFFDlla\uFFFD.\n',
  ]);
});

it('JSON for programs holds it escaped', () => {
  print(true, { name: hostile }, () => '');
  expect(written[0]).toMatch(/^[\n -~]*$/);
  expect(JSON.parse(written[0]!)).toEqual({ name: hostile });
});
