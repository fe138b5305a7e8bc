/** A table for people: columns aligned by their widest cell, numbers flush right. */
export function formatTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? '').length)));
  const line = (row: readonly string[], source?: readonly (string | number)[]): string =>
    row
      .map((cell, index) =>
        typeof source?.[index] === 'number' ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = cells;
  return [
    line(head),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...body.map((row, index) => line(row, rows[index])),
  ].join('\n');
}
