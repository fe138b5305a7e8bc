import type { TargetView } from '../../../../server/contract/finding.js';
import type { JobResult } from './results.js';

/** One target with its figures in each of the compared results. */
export interface ComparisonRow {
  readonly target: TargetView;
  /** One per result, in their order; undefined if a result does not contain the target. */
  readonly cells: readonly (JobResult['findings'][number] | undefined)[];
  /**
   * Of the last result relative to the first, if both contain the target in a volume: in mL, and as a fraction of the
   * first.
   */
  readonly difference?: { readonly volumeMl: number; readonly fraction: number };
}

/** The targets of several results side by side: first those that all contain, in the order of the first result. */
export function compareResults(results: readonly JobResult[]): readonly ComparisonRow[] {
  const targets = new Map(results.flatMap(({ findings }) => findings.map(({ target }) => [target.id, target])));
  const rows = [...targets.values()].map((target): ComparisonRow => {
    const cells = results.map(({ findings }) => findings.find((finding) => finding.target.id === target.id));
    const [first, last] = [cells[0]?.volumeMl, cells.at(-1)?.volumeMl];
    return {
      target,
      cells,
      ...(first !== undefined &&
        last !== undefined &&
        results.length > 1 && { difference: { volumeMl: last - first, fraction: (last - first) / first } }),
    };
  });
  const held = ({ cells }: ComparisonRow) => cells.filter((cell) => cell !== undefined).length;
  return rows.toSorted((a, b) => held(b) - held(a));
}

/** A, B, C … of the results that are compared. */
export function letterOf(place: number): string | undefined {
  return place < 0 ? undefined : String.fromCharCode(0x41 + place);
}
