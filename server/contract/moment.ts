import { z } from 'zod';

/**
 * A time in a query, with its time zone. In UTC its year must have four digits, as PostgreSQL and ISO 8601 write it.
 */
export const momentSchema = z.iso.datetime({ offset: true, abort: true }).refine((text) => {
  const moment = new Date(text);
  return !Number.isNaN(moment.getTime()) && /^(?!0000)\d{4}-/.test(moment.toISOString());
}, 'is not a moment of the years 1 to 9999');

/** A day, 2026-01-31. */
export const daySchema = z.iso.date().refine((text) => !text.startsWith('0000'), 'is not a day of the years 1 to 9999');
