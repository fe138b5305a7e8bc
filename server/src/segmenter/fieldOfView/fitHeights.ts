/** Heights of a volume's slices in the standard body. */
export interface HeightFit {
  /** Height in mm of the middle of slice z: `first` + `perSlice`·z. */
  readonly first: number;
  readonly perSlice: number;
  /** The first and the last row that shows a body. */
  readonly rows: { readonly first: number; readonly last: number };
  /** Mean probability near the line over these rows, 0–1. */
  readonly confidence: number;
  /** Root mean square distance of the heights near the line from it, in mm. */
  readonly spread: number;
}

export interface HeightBins {
  /** Middle of bin i: first + i·step, in mm. */
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

interface Rows {
  /** Log-probabilities, index channel·(row count) + row; after the bins comes "no body here". */
  readonly logProbabilities: Float32Array;
  /** Rows in the output; those after `shown` are padding. */
  readonly count: number;
  readonly shown: number;
  readonly slicesPerRow: number;
  /** mm between slices. */
  readonly spacing: number;
}

/** A person's size, compared with the standard body, is between these. */
const [leastScale, mostScale] = [0.8, 1.25];
/** Log-probability below which a row counts no further, so that no single row decides. */
const floor = -6;
/** Distance in mm that is near the line: two bins of 25 mm. */
const near = 50;

/**
 * The line through the heights of rows that maximises the sum over rows of the log-probability there, linear in
 * probability between the middles of bins. Rows that are more likely to show no body are left out.
 *
 * First lines every 10 mm and every 0.05 of scale are tried, then those around the best, twice finer each time. Of
 * equally good lines the one with the scale nearest to 1 is chosen.
 *
 * @returns undefined if no row shows a body
 */
export function fitHeights(rows: Rows, bins: HeightBins): HeightFit | undefined {
  const used = usedRows(rows, bins);
  if (used.length === 0) return undefined;
  // Around the middle row, height and scale hardly depend on each other.
  const middle = used[used.length >> 1]!.slice;
  const quality = ({ height, scale }: Line): number =>
    used.reduce((sum, row) => sum + logAt(row, height + scale * rows.spacing * (row.slice - middle), bins), 0);

  const heights = steps(bins.first, bins.first + bins.step * (bins.count - 1), 10);
  const scales = steps(leastScale, mostScale, 0.05).sort((a, b) => Math.abs(a - 1) - Math.abs(b - 1));
  let best = bestOf(
    scales.flatMap((scale) => heights.map((height) => ({ height, scale }))),
    quality,
  );
  for (let height = 5, scale = 0.025; height >= 1; height /= 2, scale /= 2) {
    const around = [0, -scale, scale].flatMap((further) =>
      [0, -height, height].map((higher) => ({
        height: best.height + higher,
        scale: Math.min(Math.max(best.scale + further, leastScale), mostScale),
      })),
    );
    best = bestOf(around, quality);
  }

  const perSlice = best.scale * rows.spacing;
  const first = best.height - perSlice * middle;
  const masses = used.map((row) => nearMass(row, first + perSlice * row.slice, bins));
  const mass = masses.reduce((sum, each) => sum + each.mass, 0);
  const squares = masses.reduce((sum, each) => sum + each.squares, 0);
  return {
    first,
    perSlice,
    rows: { first: used[0]!.row, last: used.at(-1)!.row },
    confidence: Math.min(1, mass / used.length),
    spread: mass > 0 ? Math.sqrt(squares / mass) : near,
  };
}

/** A line by its height at the middle row. */
interface Line {
  readonly height: number;
  readonly scale: number;
}

interface UsedRow {
  readonly row: number;
  /** Its middle, in slices. */
  readonly slice: number;
  /** One per bin. */
  readonly probabilities: Float64Array;
}

function usedRows({ logProbabilities, count, shown, slicesPerRow }: Rows, bins: HeightBins): readonly UsedRow[] {
  return Array.from({ length: shown }, (_, row): UsedRow => {
    const probabilities = Float64Array.from({ length: bins.count }, (_, bin) =>
      Math.exp(logProbabilities[bin * count + row]!),
    );
    return { row, slice: row * slicesPerRow + (slicesPerRow - 1) / 2, probabilities };
  }).filter(({ row }) => Math.exp(logProbabilities[bins.count * count + row]!) < 0.5);
}

function logAt({ probabilities }: UsedRow, height: number, { first, step, count }: HeightBins): number {
  const at = (height - first) / step;
  if (at < 0 || at > count - 1) return floor;
  const below = Math.min(Math.floor(at), count - 2);
  const share = at - below;
  return Math.max(floor, Math.log(probabilities[below]! * (1 - share) + probabilities[below + 1]! * share));
}

function nearMass({ probabilities }: UsedRow, height: number, { first, step }: HeightBins) {
  let [mass, squares] = [0, 0];
  for (const [bin, probability] of probabilities.entries()) {
    const distance = first + step * bin - height;
    if (Math.abs(distance) > near) continue;
    mass += probability;
    squares += probability * distance * distance;
  }
  return { mass, squares };
}

const steps = (from: number, to: number, by: number): number[] =>
  Array.from({ length: Math.floor((to - from) / by + 1e-9) + 1 }, (_, n) => from + n * by);

/** The first of the best. */
function bestOf(lines: readonly Line[], quality: (line: Line) => number): Line {
  let best = lines[0]!;
  let most = quality(best);
  for (const line of lines) {
    const value = quality(line);
    if (value > most + 1e-9) [best, most] = [line, value];
  }
  return best;
}
