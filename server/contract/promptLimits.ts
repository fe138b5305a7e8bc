/** Clicks, scribbles and lassos on one segment. */
export const mostClicks = 200;
/** Points of one scribble or lasso. */
export const mostPoints = 1000;
/** Points of all scribbles and lassos on one segment: as many as fit into the body of one request. */
export const mostPointsInAll = 5000;

/** A click, scribble or lasso, as far as it has points. */
interface Pointed {
  readonly kind: string;
  readonly line?: readonly unknown[];
  readonly outline?: readonly unknown[];
}

/** Points of the scribbles and lassos among prompts; a click counts as none. */
export const pointsOf = (prompts: readonly Pointed[]): number =>
  prompts.reduce((sum, { line, outline }) => sum + (line ?? outline ?? []).length, 0);
