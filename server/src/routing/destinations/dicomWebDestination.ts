import type { Archive } from '../../pacs/archive.js';
import { createDicomWebArchive } from '../../pacs/dicomWebArchive.js';
import { PromptsegError } from '../../platform/errors.js';
import { verifyContent } from '../../results/verifyContent.js';
import { verifyStored } from '../../results/verifyStored.js';
import { storeOnce } from '../../story/storeOnce.js';
import type { Destination } from './destination.js';
import type { DestinationSettings } from './destinationsFile.js';

type Settings = Extract<DestinationSettings, { kind: 'dicom-web' }>;

/** Segmentation and Label Map Segmentation. */
const segmentationClasses = new Set(['1.2.840.10008.5.1.4.1.1.66.4', '1.2.840.10008.5.1.4.1.1.66.7']);

/**
 * An archive with DICOMweb. Each object is read from the source archive, stored, read back and compared, as when it was
 * first stored. An object that an earlier attempt transferred is found and not sent again.
 */
export function createDicomWebDestination({ name, url, authorization }: Settings): Destination {
  const archive = createDicomWebArchive({ baseUrl: url, authorization });
  return {
    name,
    kind: 'dicom-web',
    address: url,

    async deliver(objects, source, signal) {
      for (const object of objects) {
        const { studyInstanceUID, seriesInstanceUID, sopInstanceUID, sopClassUID } = object;
        const part10 = await source.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID, signal);
        if (part10 === undefined)
          throw new PromptsegError('result-gone', 'The source archive no longer holds the result.', {
            details: { sopInstanceUID },
          });
        const verify = segmentationClasses.has(sopClassUID) ? verifyStored : verifyContent;
        await storeOnce(until(signal, archive), { ...object, part10 }, verify, () => {}).catch(asOfDestination);
      }
    },

    check: (signal) => archive.ping(signal).catch(asOfDestination),
  };
}

/** The archive, until the signal aborts. */
function until(signal: AbortSignal, archive: Archive): Pick<Archive, 'retrieveInstance' | 'store'> {
  return {
    retrieveInstance: (study, series, instance) => archive.retrieveInstance(study, series, instance, signal),
    store: (study, part10) => archive.store(study, part10, signal),
  };
}

/** The same problem as an error of the destination instead of the job. */
function asOfDestination(error: unknown): never {
  if (!(error instanceof PromptsegError)) throw error;
  const code = error.entry.transient ? 'destination-unreachable' : 'destination-refused';
  throw new PromptsegError(code, error.message.replaceAll(/\b([Tt])he archive\b/g, '$1he destination'), {
    cause: error,
    details: { ...error.details, reason: error.code },
  });
}
