import { z } from 'zod';
import { destinationNameSchema, sourceDestination } from '#contract/job.js';
import { authorizationOf, httpEndpointSchema } from '../../platform/httpEndpoint.js';
import { readSettingsFile } from '../../platform/settingsFile.js';

/** A name among Orthanc's own settings, `DicomModalities` or `OrthancPeers`. */
const orthancNameSchema = z.string().regex(/^[\w.-]{1,64}$/, 'is not a name that Orthanc knows');

const destinationSchema = z
  .strictObject({
    /** The DICOMweb root: `https://research.example/dicom-web`. */
    dicomWeb: httpEndpointSchema.optional(),
    orthancModality: orthancNameSchema.optional(),
    orthancPeer: orthancNameSchema.optional(),
  })
  .refine((kinds) => Object.values(kinds).filter((kind) => kind !== undefined).length === 1, {
    message: 'name one of dicomWeb, orthancModality and orthancPeer',
  });

const destinationsFileSchema = z.strictObject({
  version: z.literal(1),
  destinations: z.record(
    destinationNameSchema.refine((name) => name !== sourceDestination, {
      message: 'is the archive that the images come from; it needs no entry',
    }),
    destinationSchema,
  ),
});

/** The settings of a destination, with resolved credentials. */
export type DestinationSettings = { readonly name: string } & (
  | { readonly kind: 'dicom-web'; readonly url: string; readonly authorization?: string }
  | { readonly kind: 'orthanc-modality' | 'orthanc-peer'; readonly orthancName: string }
);

/**
 * Reads the file of PROMPTSEG_DESTINATIONS_FILE.
 * @throws PromptsegError `settings-file-invalid` with position and reason
 */
export async function readDestinationsFile(
  file: string,
  variables: NodeJS.ProcessEnv = process.env,
): Promise<readonly DestinationSettings[]> {
  const { destinations } = await readSettingsFile(file, destinationsFileSchema, 'destinations');
  return Promise.all(
    Object.entries(destinations).map(async ([name, { dicomWeb, orthancModality, orthancPeer }]) => {
      if (dicomWeb === undefined)
        return orthancModality === undefined
          ? { name, kind: 'orthanc-peer' as const, orthancName: orthancPeer ?? '' }
          : { name, kind: 'orthanc-modality' as const, orthancName: orthancModality };
      const authorization = await authorizationOf(dicomWeb, variables);
      return { name, kind: 'dicom-web' as const, url: dicomWeb.url, ...(authorization && { authorization }) };
    }),
  );
}
