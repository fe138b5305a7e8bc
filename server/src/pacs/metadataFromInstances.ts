import { instanceMetadata } from '../dicom/instanceMetadata.js';
import { PromptsegError } from '../platform/errors.js';
import type { Archive } from './archive.js';

/** The archive without its metadata, which it does not have: they are read from whole instances. */
export const metadataFromInstances = (archive: Archive): Archive => ({
  ...archive,
  async retrieveMetadata(study, series, sopInstanceUID, signal) {
    if (sopInstanceUID !== undefined) {
      const part10 = await archive.retrieveInstance(study, series, sopInstanceUID, signal);
      return part10 === undefined ? [] : [instanceMetadata(part10)];
    }
    const metadata = [];
    try {
      for await (const part10 of archive.retrieveSeries(study, series, signal)) metadata.push(instanceMetadata(part10));
    } catch (error) {
      if (!(error instanceof PromptsegError) || !/^(study|series)-not-found$/.test(error.code)) throw error;
    }
    return metadata;
  },
});
