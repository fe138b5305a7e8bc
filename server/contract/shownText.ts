/**
 * Invisible characters that change how others appear: direction overrides, marks and isolates (Unicode Standard Annex
 * #9), zero-width characters, fillers, tags, line separators and control characters.
 */
const unseen = String.raw`\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}`;
/** Line ends and tabs are layout, which is left to the view. */
const layout = String.raw`\t\n\r`;
/** Joiners and variation selectors: parts of letters in scripts other than Latin, and of emoji. */
const joining = String.raw`\u180B-\u180D\u200C\u200D\uFE00-\uFE0F\u{E0100}-\u{E01EF}`;
/** Direction marks (LRM, RLM, ALM), used in Hebrew and Arabic texts. */
const marks = String.raw`\u061C\u200E\u200F`;

const plain = /^[\t\n\r -~]*$/;
/** Letters and digits of right-to-left scripts. */
const rightToLeft = /[\u0590-\u061B\u061D-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

const hiddenExcept = (allowed: string): RegExp => new RegExp(`(?![${allowed}])[${unseen}]`, 'gu');
const hidden = hiddenExcept(layout);
const hiddenBesideMarks = hiddenExcept(layout + marks);
const isJoining = new RegExp(`^[${joining}]$`, 'u');

function replaced(text: string, which: RegExp, instead: string): string {
  return text.replace(which, (character, at: number) =>
    isJoining.test(character) && text.charCodeAt(at - 1) > 0x7f ? character : instead,
  );
}

/**
 * The text without hidden characters.
 * @param instead their replacement: by default U+FFFD, so that they are noticed
 */
export const withoutHidden = (text: string, instead = '\uFFFD'): string =>
  plain.test(text) ? text : replaced(text, hidden, instead);

/**
 * Prepares a text from elsewhere (a scanner, a colleague, another server) for display: it cannot reorder or hide the
 * text around it. Hidden characters become U+FFFD. A text with right-to-left letters is isolated (U+2068, U+2069);
 * otherwise numbers after it would move in front of it.
 */
export function shownText(text: string): string {
  if (plain.test(text)) return text;
  return rightToLeft.test(text)
    ? `\u2068${replaced(text, hiddenBesideMarks, '\uFFFD')}\u2069`
    : replaced(text, hidden, '\uFFFD');
}

/**
 * JSON, of one or several lines, with hidden characters escaped: they do not affect a terminal, and a parser reads the
 * original text.
 */
export const escapedJson = (json: string): string =>
  json.replace(hidden, (character) => character.split('').map(escaped).join(''));

/** @param unit of UTF-16 */
const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
