import { z } from 'zod';

/** `/segmentations/{id}`. */
export const jobParams = z.object({ id: z.uuid().describe('Id of the job') });
