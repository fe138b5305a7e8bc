import type { SlideRegionRequest } from '#contract/slideRegion.js';
import { PromptsegError } from '../../platform/errors.js';

/**
 * A region of a whole slide as an option gives it: "pixels:COLUMN,ROW,COLUMNS,ROWS", counted from 1, or "mm:X,Y,X,Y".
 * @throws PromptsegError `options-invalid`
 */
export function slideRegion(text: string): SlideRegionRequest {
  const [, unit, list = ''] = /^(pixels|mm):(.+)$/.exec(text) ?? [];
  const numbers = list.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each)));
  const [a, b, c, d] = numbers as [number, number, number, number];
  if (unit === undefined || numbers.length !== 4 || !numbers.every(Number.isFinite))
    throw new PromptsegError(
      'options-invalid',
      `--region must be pixels:COLUMN,ROW,COLUMNS,ROWS or mm:X,Y,X,Y, not ${text}.`,
    );
  return unit === 'mm'
    ? { unit, from: [a, b], to: [c, d] }
    : { unit: 'pixels', column: a, row: b, columns: c, rows: d };
}
