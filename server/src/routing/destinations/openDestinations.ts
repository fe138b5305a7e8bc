import { PromptsegError } from '../../platform/errors.js';
import type { Destination } from './destination.js';
import { type DestinationSettings, readDestinationsFile } from './destinationsFile.js';
import { createDicomWebDestination } from './dicomWebDestination.js';
import { createOrthancDestination, type OrthancRest } from './orthancDestination.js';

/**
 * The destinations of the settings; none if no file is named.
 * @param orthanc the source archive's own REST API, which modalities and peers need
 * @throws PromptsegError `settings-file-invalid`
 */
export async function openDestinations({
  destinationsFile,
  orthanc,
}: {
  readonly destinationsFile?: string | undefined;
  readonly orthanc?: OrthancRest | undefined;
}): Promise<readonly Destination[]> {
  const settings = destinationsFile === undefined ? [] : await readDestinationsFile(destinationsFile);
  return settings.map((each) => createDestination(each, orthanc));
}

function createDestination(settings: DestinationSettings, orthanc: OrthancRest | undefined): Destination {
  if (settings.kind === 'dicom-web') return createDicomWebDestination(settings);
  if (orthanc !== undefined) return createOrthancDestination(settings, orthanc);
  throw new PromptsegError(
    'settings-file-invalid',
    `The destination “${settings.name}” is reached through the source Orthanc: ` +
      'PROMPTSEG_ORTHANC_URL must name its REST API.',
  );
}
