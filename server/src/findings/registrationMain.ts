/**
 * The registration process: registers the images of two series, one pair at a time. It is a process of its own because
 * elastix computes for seconds without a pause, needs memory that only the end of a process frees, and is cancelled by
 * ending it; pictures and edits must not wait for it.
 */

import { createDicomWebArchive } from '../pacs/dicomWebArchive.js';
import { endAtUncaughtErrors } from '../platform/log.js';
import { performTasks } from '../platform/taskProcess.js';
import { registerSeries } from '../story/registerSeries.js';
import type { RegistrationSettings, RegistrationTask } from './registrations.js';

endAtUncaughtErrors();
const settings: RegistrationSettings = JSON.parse(process.env.PROMPTSEG_REGISTRATION ?? '{}');
const archive = createDicomWebArchive({
  baseUrl: settings.archiveUrl,
  ...(settings.archiveAuthorization !== undefined && { authorization: settings.archiveAuthorization }),
});

performTasks(({ now, before }: RegistrationTask) => registerSeries(now, before, archive, new AbortController().signal));
