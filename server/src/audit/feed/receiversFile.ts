import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { PromptsegError } from '../../platform/errors.js';
import { authorizationOf, httpEndpointSchema } from '../../platform/httpEndpoint.js';
import { readSecret, readSettingsFile, secretSchema } from '../../platform/settingsFile.js';

const syslogSchema = z
  .strictObject({
    host: z.string().min(1).max(253),
    /** 6514 is the port of syslog over TLS (RFC 5425, section 4.1). */
    port: z.number().int().min(1).max(65_535).default(6514),
    /** PEM file with the CAs of the receiver's certificate; default: those of Node.js. */
    authorities: z.string().min(1).optional(),
    /** PEM file with this server's certificate, if the receiver requires one. */
    certificate: z.string().min(1).optional(),
    /** Its private key, PEM. */
    key: secretSchema.optional(),
  })
  .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
    message: 'certificate and key belong together',
  });

const receiversFileSchema = z.strictObject({
  version: z.literal(1),
  receivers: z.record(
    z
      .string()
      .max(64)
      .regex(/^[a-z0-9]+([-_][a-z0-9]+)*$/i, 'is not the name of a receiver'),
    z
      .strictObject({
        /** DICOM audit messages over syslog and TLS (PS3.15, A.6.1). */
        syslog: syslogSchema.optional(),
        /** Base of a FHIR server: `https://repository.example/fhir`. */
        fhir: httpEndpointSchema.optional(),
      })
      .refine(({ syslog, fhir }) => (syslog === undefined) !== (fhir === undefined), {
        message: 'must have either syslog or fhir',
      }),
  ),
});

export interface SyslogSettings {
  readonly host: string;
  readonly port: number;
  readonly authorities?: string;
  readonly certificate?: string;
  /** Never logged. */
  readonly key?: string;
}

export interface FhirSettings {
  readonly url: string;
  /** `Authorization` header; never logged. */
  readonly authorization?: string;
}

/** Receivers of the audit trail, with resolved credentials. */
export type ReceiverSettings = { readonly name: string } & (
  | { readonly kind: 'syslog'; readonly syslog: SyslogSettings }
  | { readonly kind: 'fhir'; readonly fhir: FhirSettings }
);

/**
 * Reads the file of PROMPTSEG_AUDIT_RECEIVERS_FILE; without a file there are no receivers.
 * @throws PromptsegError `settings-file-invalid` with position and reason
 */
export async function readReceivers(
  file: string | undefined,
  variables: NodeJS.ProcessEnv = process.env,
): Promise<readonly ReceiverSettings[]> {
  if (file === undefined) return [];
  const { receivers } = await readSettingsFile(file, receiversFileSchema, 'receivers of the audit trail');
  return Promise.all(
    Object.entries(receivers).map(async ([name, { syslog, fhir }]): Promise<ReceiverSettings> => {
      if (fhir !== undefined) {
        const authorization = await authorizationOf(fhir, variables);
        const url = fhir.url.replace(/\/+$/, '');
        return { name, kind: 'fhir', fhir: { url, ...(authorization && { authorization }) } };
      }
      const { authorities, certificate, key, ...address } = syslog!;
      return {
        name,
        kind: 'syslog',
        syslog: {
          ...address,
          ...(authorities && { authorities: await readPem(authorities, name) }),
          ...(certificate && { certificate: await readPem(certificate, name) }),
          ...(key && { key: await readSecret(key, variables) }),
        },
      };
    }),
  );
}

const readPem = (file: string, receiver: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause) => {
    throw new PromptsegError('settings-file-invalid', `A certificate of the receiver “${receiver}” cannot be read.`, {
      cause,
    });
  });
