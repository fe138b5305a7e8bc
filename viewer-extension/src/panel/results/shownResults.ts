import type { ShownResult } from '../host.js';
import type { JobResult } from './results.js';

/** How the viewer shows a result; undefined if it does not. */
export function shownOf(result: JobResult | undefined, shown: readonly ShownResult[]): ShownResult | undefined {
  return shown.find(({ seriesInstanceUID }) => seriesInstanceUID === result?.stored.seriesInstanceUID);
}

/** The segment of this result that is drawn alone, of all that the results have. */
export function onlyVisible(
  result: JobResult,
  shown: readonly ShownResult[],
  drawn: readonly JobResult[],
): number | undefined {
  const visible = drawn.flatMap((each) => {
    const hidden = shownOf(each, shown)?.hiddenSegments ?? [];
    return each.findings
      .filter(({ segmentNumber }) => !hidden.includes(segmentNumber))
      .map((finding) => ({ each, finding }));
  });
  const total = drawn.reduce((count, { findings }) => count + findings.length, 0);
  const [first, second] = visible;
  if (first === undefined || second !== undefined || total < 2) return undefined;
  return first.each.stored.sopInstanceUID === result.stored.sopInstanceUID ? first.finding.segmentNumber : undefined;
}
