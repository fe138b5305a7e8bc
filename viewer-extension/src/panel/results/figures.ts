import type { TargetView } from '../../../../server/contract/finding.js';
import { language } from '../../client/strings/language.js';
import type { JobResult } from './results.js';

export type Finding = JobResult['findings'][number];

/** The figures of one finding, and how it compares with the other side. */
export interface FigureRow {
  readonly finding: Finding;
  /** Volume of the left side divided by that of the right; with the left side of a pair only. */
  readonly leftToRight?: number;
}

export const figureColumns = ['name', 'size', 'mean', 'diameter', 'leftToRight'] as const;
export type FigureColumn = (typeof figureColumns)[number];

export interface Order {
  readonly column: FigureColumn;
  readonly descending: boolean;
}

export function figureRows(findings: readonly Finding[]): readonly FigureRow[] {
  return findings.map((finding) => {
    const { target, volumeMl } = finding;
    const other = target.laterality === 'left' ? findings.find((each) => isRightOf(target, each.target)) : undefined;
    const ratio = volumeMl !== undefined && other?.volumeMl ? volumeMl / other.volumeMl : undefined;
    return { finding, ...(ratio !== undefined && { leftToRight: ratio }) };
  });
}

const isRightOf = (left: TargetView, other: TargetView): boolean =>
  other.laterality === 'right' && meaningOf(other) === meaningOf(left);

const meaningOf = ({ code, anatomicRegion }: TargetView): string =>
  [code.scheme, code.value, anatomicRegion?.value].join(' ');

/** The value of a row in a column, for sorting and writing. Undefined if it was not measured. */
export function figureOf({ finding, leftToRight }: FigureRow, column: FigureColumn): string | number | undefined {
  const { target, volumeMl, areaMm2, voxelCount, mean, longestAxialDiameterMm } = finding;
  return {
    name: target.name,
    size: volumeMl ?? areaMm2 ?? voxelCount,
    mean,
    diameter: longestAxialDiameterMm,
    leftToRight,
  }[column];
}

/** Sorted by a column; missing values come last in either direction. Without an order, as in the result. */
export function sortRows(rows: readonly FigureRow[], order: Order | undefined): readonly FigureRow[] {
  if (order === undefined) return rows;
  const direction = order.descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [first, second] = [figureOf(a, order.column), figureOf(b, order.column)];
    if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
    return typeof first === 'string'
      ? direction * first.localeCompare(String(second), language)
      : direction * (first - Number(second));
  });
}

/** The unit that all rows share; '' if there is none or it is arbitrary. */
export function commonUnit(rows: readonly FigureRow[]): string {
  const units = new Set(rows.map(({ finding }) => finding.unit ?? ''));
  const [unit = ''] = units;
  return units.size === 1 ? unit : '';
}

/** How all rows are measured: as a volume, or on single images as an area or in pixels. */
export function commonMeasure(rows: readonly FigureRow[]): 'volume' | 'area' | 'pixels' {
  if (rows.every(({ finding }) => finding.volumeMl !== undefined)) return 'volume';
  return rows.every(({ finding }) => finding.areaMm2 !== undefined) ? 'area' : 'pixels';
}

const digits: Readonly<Record<Exclude<FigureColumn, 'name'>, number>> = {
  size: 2,
  mean: 1,
  diameter: 1,
  leftToRight: 2,
};

/**
 * A table for a spreadsheet: tabs between cells, decimals in the reader's language, no thousands separators.
 * @param headings in the order of {@link figureColumns}
 */
export function asTsv(rows: readonly FigureRow[], headings: readonly string[]): string {
  const cell = (row: FigureRow, column: FigureColumn): string => {
    const value = figureOf(row, column);
    if (typeof value !== 'number' || column === 'name') return oneLine(String(value ?? ''));
    const decimals = digits[column];
    return value.toLocaleString(language, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      useGrouping: false,
    });
  };
  const lines = [headings.map(oneLine), ...rows.map((row) => figureColumns.map((column) => cell(row, column)))];
  return lines.map((cells) => cells.join('\t')).join('\n');
}

/** A name may be free text. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
