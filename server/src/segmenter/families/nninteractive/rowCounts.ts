import type { Vector3 } from '../../../values/affine.js';
import type { Block } from '../../clickable.js';

/** A set of cells whose number in any block is counted by its rows, and which shrinks block by block. */
export interface RowCounts {
  /** Number of cells left. */
  readonly total: number;
  /** Whether a cell is left. */
  has(place: Vector3): boolean;
  /** Number of cells left in a block, which is inside. */
  countIn(block: Block): number;
  /** The cell with this number among those left: columns fastest, then rows. */
  cellAt(number: number): Vector3;
  /** Takes the cells of a block away. */
  clear(block: Block): void;
}

/** @param cells 1 where there is one; not changed */
export function rowCounts(cells: Uint8Array, [columns, rows, slices]: Vector3): RowCounts {
  const width = columns + 1;
  /** For each row, how many cells are left of each column, and in the whole row. */
  const before = new Uint16Array(width * rows * slices);
  for (let row = 0; row < rows * slices; row++)
    for (let i = 0; i < columns; i++)
      before[width * row + i + 1] = before[width * row + i]! + cells[columns * row + i]!;
  const inRow = (row: number): number => before[width * row + columns]!;
  let total = 0;
  for (let row = 0; row < rows * slices; row++) total += inRow(row);

  return {
    get total() {
      return total;
    },
    has: ([i, j, k]) => before[width * (j + rows * k) + i + 1]! > before[width * (j + rows * k) + i]!,
    countIn({ first, size }) {
      let count = 0;
      for (let k = first[2]; k < first[2] + size[2]; k++)
        for (let j = first[1]; j < first[1] + size[1]; j++) {
          const row = width * (j + rows * k) + first[0];
          count += before[row + size[0]]! - before[row]!;
        }
      return count;
    },
    cellAt(number) {
      let [row, left] = [0, number];
      while (left >= inRow(row)) left -= inRow(row++);
      let i = 0;
      while (before[width * row + i + 1]! <= left) i++;
      return [i, row % rows, Math.floor(row / rows)];
    },
    clear({ first, size }) {
      for (let k = first[2]; k < first[2] + size[2]; k++)
        for (let j = first[1]; j < first[1] + size[1]; j++) {
          const row = width * (j + rows * k);
          const [start, end] = [before[row + first[0]]!, before[row + first[0] + size[0]]!];
          if (start === end) continue;
          for (let i = first[0] + 1; i <= columns; i++)
            before[row + i] = i < first[0] + size[0] ? start : before[row + i]! - (end - start);
          total -= end - start;
        }
    },
  };
}
