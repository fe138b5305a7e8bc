import { z } from 'zod';

/**
 * A DICOM UID (PS3.5 section 9.1): digits and dots, at most 64 characters. Components with a leading zero are accepted,
 * as in archives and viewers: the standard forbids them, but some scanners and anonymisers write them.
 */
export const uidSchema = z
  .string()
  .max(64)
  .regex(/^\d+(\.\d+)+$/, 'is not a DICOM UID');
