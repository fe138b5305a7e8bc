import { z } from 'zod';

const position = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
const length = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
const millimetres = z.number().min(-1e4).max(1e4);
const place = z.tuple([millimetres, millimetres]).readonly();

/** A rectangle of a whole slide. What of it is outside the slide is left out. */
export const slideRegionSchema = z.discriminatedUnion('unit', [
  /** In the total pixel matrix of the level that the request names as its `stack`. */
  z.strictObject({
    unit: z.literal('pixels'),
    /** The first column and row, counted from 1 as DICOM does. */
    column: position,
    row: position,
    columns: length,
    rows: length,
  }),
  /** In mm of the slide coordinate system: [x, y] of two opposite corners. On any level. */
  z.strictObject({ unit: z.literal('mm'), from: place, to: place }),
]);
export type SlideRegionRequest = z.infer<typeof slideRegionSchema>;
