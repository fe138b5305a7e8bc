/** Series Number (0020,0011) of the first result of a series: behind those of the scanner. */
export function seriesNumberAfter(sourceSeriesNumber: unknown): number {
  const number = Number(sourceSeriesNumber);
  return Number.isInteger(number) && number >= 0 && number < 1e6 ? 1000 + number : 1000;
}

/**
 * A Series Number that no other series of the study has. A series that the archive holds, from an earlier attempt,
 * keeps its number: what is sent again has to be the same.
 * @param sourceSeriesNumber of the images
 * @param listed what the archive holds of the study
 */
export function freeSeriesNumber(
  sourceSeriesNumber: unknown,
  seriesInstanceUID: string,
  listed: readonly { readonly seriesInstanceUID: string; readonly seriesNumber?: number }[],
): number {
  const before = listed.find((series) => series.seriesInstanceUID === seriesInstanceUID)?.seriesNumber;
  if (before !== undefined) return before;
  const taken = new Set(listed.map(({ seriesNumber }) => seriesNumber));
  let number = seriesNumberAfter(sourceSeriesNumber);
  while (taken.has(number)) number += 1;
  return number;
}
