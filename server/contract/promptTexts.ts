import { z } from 'zod';

/** A hundred names of structures have about 3000 characters. The time to resolve a text grows with its length. */
const longestTogether = 20_000;

/** Free texts; each may name several targets. */
export const promptTextsSchema = z
  .array(z.string().trim().min(1).max(1000))
  .min(1)
  .max(100)
  .refine((texts) => texts.reduce((sum, { length }) => sum + length, 0) <= longestTogether, {
    message: `hold more than ${longestTogether} characters together`,
  });
