/** Characters that control a terminal or change the writing direction. Texts in files may contain any of them. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** A text on one line without control characters, so that text from a file cannot control the terminal. */
const onOneLine = (text: string): string => text.replace(unprintable, ' ').trim();

const between = '  ';

/**
 * A table for people, with aligned columns and numbers flush right.
 *
 * @param width of the terminal, in characters: longer cells are wrapped between words. If the table still does not fit,
 * each row is written as lines of "name: value". Without a width (not a terminal) a row is one line, for programs.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  width: number | undefined = process.stdout.isTTY ? process.stdout.columns : undefined,
): string {
  const cells = [header, ...rows].map((row) => header.map((_, index) => onOneLine(String(row[index] ?? ''))));
  const natural = header.map((_, index) => Math.max(...cells.map((row) => row[index]!.length)));
  const widths = width === undefined ? natural : fit(natural, cells, width);
  if (widths === undefined) return asRecords(header, cells.slice(1));
  const isNumber = header.map(
    (_, index) =>
      rows.some((row) => typeof row[index] === 'number') &&
      rows.every((row) => typeof row[index] === 'number' || (row[index] ?? '') === ''),
  );
  const lines = cells.map((row) => {
    const wrapped = row.map((cell, index) => wrap(cell, widths[index]!));
    const height = Math.max(...wrapped.map(({ length }) => length));
    return Array.from({ length: height }, (_, n) => aligned(wrapped.map((part) => part[n] ?? '')));
  });
  function aligned(parts: readonly string[]): string {
    return parts
      .map((part, index) => (isNumber[index] ? part.padStart(widths![index]!) : part.padEnd(widths![index]!)))
      .join(between)
      .trimEnd();
  }
  const [head = [], ...body] = lines;
  return [...head, widths.map((each) => '─'.repeat(each)).join(between), ...body.flat()].join('\n');
}

/**
 * Column widths that fit: the widest column shrinks first, and none gets narrower than its longest word. Undefined if
 * nothing fits.
 */
function fit(natural: readonly number[], cells: readonly string[][], width: number): readonly number[] | undefined {
  const least = natural.map((_, index) =>
    Math.max(...cells.flatMap((row) => row[index]!.split(' ').map((w) => w.length))),
  );
  const available = width - between.length * (natural.length - 1);
  const total = (widths: readonly number[]): number => widths.reduce((sum, each) => sum + each, 0);
  if (total(least) > available) return undefined;
  const widths = [...natural];
  while (total(widths) > available) {
    const room = widths.map((each, index) => (each > least[index]! ? each : 0));
    widths[room.indexOf(Math.max(...room))]!--;
  }
  return widths;
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const asRecords = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows
    .map((row) => header.flatMap((name, index) => (row[index] === '' ? [] : [`${name}: ${row[index]}`])).join('\n'))
    .join('\n\n');
