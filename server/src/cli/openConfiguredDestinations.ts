import type { Config } from '../platform/config.js';
import type { Destination } from '../routing/destinations/destination.js';
import { openDestinations } from '../routing/destinations/openDestinations.js';

/** The destinations in the settings. @throws PromptsegError `settings-file-invalid` */
export function openConfiguredDestinations({
  destinationsFile,
  orthancUrl,
  archiveAuthorization,
}: Config): Promise<readonly Destination[]> {
  return openDestinations({
    destinationsFile,
    ...(orthancUrl !== undefined && { orthanc: { url: orthancUrl, authorization: archiveAuthorization } }),
  });
}
