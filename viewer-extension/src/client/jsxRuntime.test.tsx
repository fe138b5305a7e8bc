import { describe, expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import { escapedJson, shownText, withoutHidden } from '../../../server/contract/shownText.js';

/** Every character that changes the direction of writing, by name, in UAX #9. */
const overrides = ['\u202A', '\u202B', '\u202C', '\u202D', '\u202E', '\u2066', '\u2067', '\u2068', '\u2069'];
const marks = ['\u061C', '\u200E', '\u200F'];
const invisible = ['\u00AD', '\u034F', '\u115F', '\u180E', '\u200B', '\u2060', '\u2064', '\u206A', '\u3164', '\uFEFF'];
const others = ['\0', '\u0007', '\u001B', '\u007F', '\u0085', '\u009B', '\u2028', '\u2029', '\u{E0001}', '\u{E0041}'];

describe('a text that somebody else wrote', () => {
  it.each([
    '',
    'Left lung',
    'Thorax nativ 5,0 mm ± 0.1 · “a” – b…',
    'Müller^Jürgen',
    '山田^太郎',
    'Ελένη',
    'ก็ได้',
    '👍🏽 ☑',
  ])('is shown as it is: %s', (text) => expect(shownText(text)).toBe(text));

  it('keeps its layout', () => expect(shownText('é\n\ta\r\n')).toBe('é\n\ta\r\n'));

  const hidden = [...overrides, ...marks, ...invisible, ...others].map(
    (character) => [character.codePointAt(0)!.toString(16), character] as const,
  );
  it.each(hidden)('shows what would be hidden in it: U+%s', (_code, character) => {
    expect(shownText(`left${character}lung`)).toBe('left\uFFFDlung');
    expect(shownText(character)).not.toContain(character);
    expect(withoutHidden(`left${character}lung`, '')).toBe('leftlung');
  });

  it('keeps joiners and selectors that are parts of letters, and no others', () => {
    for (const text of ['👨‍👩‍👧', 'क्‍ष', 'ന്‍', '☑\uFE0E', '葛\u{E0100}']) expect(shownText(text)).toBe(text);
    expect(shownText('le\u200Dft')).toBe('le\uFFFDft');
    expect(shownText('left\uFE0F')).toBe('left\uFFFD');
    expect(shownText('\u200Dleft')).toBe('\uFFFDleft');
  });

  it.each(['רגל שמאל', 'القلب', 'ویژه\u200Cنامه', 'ريه 5.0', '\u07C0\u07C1', '\u{1E900}'])(
    'is isolated where it is written from right to left: %s',
    (text) => expect(shownText(text)).toBe(`\u2068${text}\u2069`),
  );

  it('keeps marks of the direction where letters need them, but cannot leave its isolate', () => {
    expect(shownText('ריאה (CT)\u200F')).toBe('\u2068ריאה (CT)\u200F\u2069');
    expect(shownText('ריאה\u2069\u202E 12')).toBe('\u2068ריאה\uFFFD\uFFFD 12\u2069');
  });

  it('takes no longer for a hostile one', () => {
    const text = 'a\u200D'.repeat(200_000);
    expect(shownText(text)).toBe('a\uFFFD'.repeat(200_000));
  });
});

const Title = ({ text, children }: { text: string; children?: string }) => <b title={text}>{children}</b>;

describe('what the views show', () => {
  const evil = '\u202Egnul\u2066';
  const seen = '\uFFFDgnul\uFFFD';

  it('goes through it in text, in titles and labels, in fragments, lists and components', () => {
    expect(
      renderToStaticMarkup(
        <>
          {evil}
          <p>
            {evil} · {2} {['a', evil]}
          </p>
          <Title text={evil}>{evil}</Title>
          <img alt={evil} aria-label={evil} />
        </>,
      ),
    ).toBe(`${seen}<p>${seen} · 2 a${seen}</p><b title="${seen}">${seen}</b><img alt="${seen}" aria-label="${seen}"/>`);
  });

  it('isolates each text on its own', () =>
    expect(
      renderToStaticMarkup(
        <p>
          {'ריאה'} 12 mL, {'x'}
        </p>,
      ),
    ).toBe('<p>\u2068ריאה\u2069 12 mL, x</p>'));

  it('leaves values of fields as they are: they are sent back', () =>
    expect(renderToStaticMarkup(<input readOnly value={evil} placeholder={evil} />)).toBe(
      `<input readonly="" placeholder="${seen}" value="${evil}"/>`,
    ));
});

describe('JSON for a terminal or a log', () => {
  it('holds no hidden character, and a parser reads what was there', () => {
    const value = { name: [...overrides, ...marks, ...invisible, ...others].join(''), other: 'é ↵ 😀' };
    const json = escapedJson(JSON.stringify(value));
    expect(json).toContain(String.raw`\u202a`);
    expect(json).toContain(String.raw`\udb40\udc01`);
    expect(withoutHidden(json)).toBe(json);
    expect(JSON.parse(json)).toEqual(value);
    const lines = `${JSON.stringify(value, undefined, 2)}\n`;
    expect(escapedJson(lines).split('\n')).toHaveLength(lines.split('\n').length);
  });
});
