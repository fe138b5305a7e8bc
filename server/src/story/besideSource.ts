import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';

/**
 * An archive that stores results only while it still holds their source series. A study that was deleted while its job
 * ran (because the patient asked for it, or it was filed under the wrong name) must not come back as a study of results
 * alone. Checked right before each object is sent.
 * @throws PromptsegError from `store`: `study-not-found`, `series-not-found`, and those of `Archive`
 */
export function besideSource(
  archive: Archive,
  { studyInstanceUID, seriesInstanceUID }: { readonly studyInstanceUID: string; readonly seriesInstanceUID: string },
): Pick<Archive, 'retrieveInstance' | 'store'> {
  return {
    retrieveInstance: archive.retrieveInstance,
    async store(study, instance, signal) {
      await requireSource(archive, studyInstanceUID, seriesInstanceUID);
      await archive.store(study, instance, signal);
    },
  };
}

async function requireSource(archive: Archive, studyInstanceUID: string, seriesInstanceUID: string): Promise<void> {
  try {
    await archive.findSeries(studyInstanceUID, seriesInstanceUID);
  } catch (error) {
    if (!(error instanceof PromptsegError) || (error.code !== 'study-not-found' && error.code !== 'series-not-found'))
      throw error;
    const what = error.code === 'study-not-found' ? 'study' : 'series';
    throw new PromptsegError(
      error.code,
      `The ${what} was deleted from the archive while the job ran; its result was not stored.`,
      { cause: error, details: error.details },
    );
  }
}
