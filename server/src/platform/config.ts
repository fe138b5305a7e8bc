import { isIPv6 } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { type AskedProvider, askedProviderSchema } from '#contract/executionProvider.js';
import type { ArchiveAuthorization } from './archiveAuthorization.js';
import { PromptsegError } from './errors.js';
import { httpAddressSchema } from './httpEndpoint.js';

const packageRoot = path.resolve(import.meta.dirname, '../../..');

/** Settings of a server or worker, from the command line or else from the environment. */
export interface Config {
  /** DICOMweb root of the archive, e.g. http://127.0.0.1:8042/dicom-web */
  readonly archiveUrl: string;
  /** Credentials for the archive; never logged, never sent to a browser. */
  readonly archiveAuthorization?: ArchiveAuthorization;
  /** Resources of WADO-RS that the archive does not have; Promptseg makes them of whole instances. */
  readonly archiveLacks: readonly ('metadata' | 'frames')[];
  /** Orthanc's own REST API, if the archive is an Orthanc; with the archive's credentials. */
  readonly orthancUrl?: string;
  /** A series counts as complete after this quiet time, unless the archive reports it. */
  readonly settleSeconds: number;
  /** Maximum size of one request that stores objects in the archive through this server. */
  readonly storeLimitBytes: number;
  /** Archives where results can also go. */
  readonly destinationsFile?: string;
  /** The webhooks to notify when a job ends. */
  readonly webhooksFile?: string;
  /** Routing rules in a file, YAML or JSON. */
  readonly rulesFile?: string;
  /** Presets of this site. */
  readonly presetsFile?: string;
  readonly host: string;
  /** Names by which clients may address the server, in addition to loopback. */
  readonly allowedHosts: readonly AllowedHost[];
  /** Origins of other servers whose viewer contains the panel, as browsers write them: `https://pacs.example:8042`. */
  readonly viewerOrigins: readonly string[];
  /** 0 selects a free port. */
  readonly port: number;
  readonly dataFolder: string;
  /**
   * postgres://… of a PostgreSQL server for queue and records; without it they are embedded, in the data folder. Never
   * logged.
   */
  readonly databaseUrl?: string;
  /** Records of ended jobs are deleted after this many days. */
  readonly retentionDays: number;
  /** Feedback on findings is deleted after this many days. */
  readonly feedbackDays: number;
  /** A prompt set is deleted this many days after its last change; absent: only when somebody deletes it. */
  readonly promptSetDays?: number;
  /** Rows of the audit trail are deleted after this many years. */
  readonly auditRetentionYears: number;
  /** Institution of the people who sign in: stored objects identify them by their accounts there. */
  readonly institution?: string;
  /** Name of this installation for audit repositories. */
  readonly auditSourceId: string;
  /** Receivers of the audit trail. */
  readonly auditReceiversFile?: string;
  readonly modelsFolder: string;
  /** Public keys in PEM; if set, only model packages signed by one of them are loaded. */
  readonly modelKeysFile?: string;
  /** The unpacked OHIF application; without it only the REST API is served. */
  readonly viewerFolder?: string;
  readonly executionProvider: AskedProvider;
  /** The number of the only GPU to use; absent: any. */
  readonly gpu?: number;
  /** Total size of the models that a worker keeps loaded between jobs. */
  readonly modelMemoryBytes: number;
}

export interface AllowedHost {
  /** In lower case; an IPv6 address in brackets. */
  readonly name: string;
  /** The scheme in browsers: `https` if TLS ends before this server. */
  readonly scheme: 'http' | 'https';
}

export const defaultPort = 8460;

/**
 * A name or address as browsers write it: in lower case, letters beyond ASCII in Punycode, IPv6 in its shortest form,
 * without the dot after a full domain name. Undefined if a URL cannot contain it.
 */
const nameInUrls = (name: string): string | undefined =>
  URL.canParse(`http://${name}`) ? new URL(`http://${name}`).hostname.replace(/\.$/, '') : undefined;

/** One entry of PROMPTSEG_ALLOWED_HOSTS: `pacs.example` or `https://pacs.example`. */
const allowedHostSchema = z.string().transform((entry, context): AllowedHost => {
  const [, scheme, host = ''] =
    /^(?:(https?):\/\/)?(\[[\da-f:]{2,39}\]|[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*\.?)\/?$/iu.exec(entry) ??
    [];
  const name = host === '' ? undefined : nameInUrls(host);
  if (name !== undefined) return { name, scheme: scheme?.toLowerCase() === 'https' ? 'https' : 'http' };
  context.addIssue({
    code: 'custom',
    message:
      'has an entry that is not a name such as "pacs.example" or "https://pacs.example"; a port is not part of it',
  });
  return z.NEVER;
});

/** One entry of PROMPTSEG_VIEWER_ORIGINS. URL writes it as browsers do: lower case, without the scheme's own port. */
const viewerOriginSchema = z
  .string()
  .refine(
    (entry) => /^https?:\/\/(\[[\da-f:]+\]|[\w-]+(\.[\w-]+)*)(:\d+)?\/?$/i.test(entry) && URL.canParse(entry),
    'has an entry that is not an origin such as "https://pacs.example" or "http://pacs.example:8042"',
  )
  .transform((entry) => new URL(entry).origin);

const listed = z
  .string()
  .default('')
  .transform((list) => list.split(/[\s,]+/).filter((entry) => entry !== ''));

/** Sent to clients too (RetrieveURL). */
const archiveAddressSchema = httpAddressSchema('set PROMPTSEG_ARCHIVE_USERNAME and PROMPTSEG_ARCHIVE_PASSWORD').refine(
  (url) => !URL.canParse(url) || (new URL(url).search === '' && new URL(url).hash === ''),
  {
    message: 'contains a query; a token belongs in PROMPTSEG_ARCHIVE_TOKEN',
  },
);

const filledSchema = z.string().min(1, 'is empty');

const numberSchema = (minimum: number, maximum: number) => {
  const error = `is not a number from ${minimum} to ${maximum}`;
  return z.coerce.number({ error }).min(minimum, { error }).max(maximum, { error });
};

const wholeNumberSchema = (minimum: number, maximum: number) => {
  const error = `is not a whole number from ${minimum} to ${maximum}`;
  return z.coerce.number({ error }).int({ error }).min(minimum, { error }).max(maximum, { error });
};

const sizeSchema = z.string().regex(/^\d+(\.\d+)?\s*[MG]B$/, 'is not a size such as "4 GB" or "500 MB"');

const environmentSchema = z.object({
  PROMPTSEG_ARCHIVE: archiveAddressSchema.default('http://127.0.0.1:8042/dicom-web'),
  PROMPTSEG_ARCHIVE_USERNAME: z.string().optional(),
  PROMPTSEG_ARCHIVE_PASSWORD: z.string().optional(),
  PROMPTSEG_ARCHIVE_TOKEN: z.string().optional(),
  PROMPTSEG_ARCHIVE_TOKEN_FILE: filledSchema.optional(),
  PROMPTSEG_ARCHIVE_LACKS: listed.pipe(
    z.array(z.enum(['metadata', 'frames'], 'has an entry other than metadata, frames')),
  ),
  PROMPTSEG_ORTHANC_URL: archiveAddressSchema.optional(),
  PROMPTSEG_SETTLE_SECONDS: numberSchema(1, 86_400).default(60),
  PROMPTSEG_DESTINATIONS_FILE: filledSchema.optional(),
  PROMPTSEG_WEBHOOKS_FILE: filledSchema.optional(),
  PROMPTSEG_RULES_FILE: filledSchema.optional(),
  PROMPTSEG_PRESETS_FILE: filledSchema.optional(),
  PROMPTSEG_HOST: z.string().default('127.0.0.1'),
  PROMPTSEG_ALLOWED_HOSTS: listed.pipe(z.array(allowedHostSchema)),
  PROMPTSEG_VIEWER_ORIGINS: listed.pipe(z.array(viewerOriginSchema)),
  PROMPTSEG_PORT: wholeNumberSchema(0, 65_535).default(defaultPort),
  PROMPTSEG_DATA: z.string().default('.promptseg'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'is not a postgres:// address' }).optional(),
  PROMPTSEG_RETENTION_DAYS: wholeNumberSchema(1, 36_500).default(90),
  PROMPTSEG_FEEDBACK_DAYS: wholeNumberSchema(1, 36_500).default(1095),
  PROMPTSEG_PROMPT_SET_DAYS: wholeNumberSchema(1, 36_500).optional(),
  PROMPTSEG_INSTITUTION: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .regex(/^[^\\\p{Cc}]+$/u, 'is not a text that DICOM allows as the name of an institution')
    .optional(),
  PROMPTSEG_AUDIT_RETENTION_YEARS: wholeNumberSchema(1, 100).default(10),
  PROMPTSEG_AUDIT_SOURCE_ID: z
    .string()
    .regex(/^[\w.@-]{1,64}$/, 'has characters other than letters, digits and . @ _ -')
    .default('promptseg'),
  PROMPTSEG_AUDIT_RECEIVERS_FILE: filledSchema.optional(),
  PROMPTSEG_MODELS: z.string().default(path.join(packageRoot, 'models')),
  PROMPTSEG_MODEL_KEYS: filledSchema.optional(),
  PROMPTSEG_VIEWER: z.string().optional(),
  PROMPTSEG_EXECUTION_PROVIDER: z
    .enum(askedProviderSchema.options, { error: `is none of ${askedProviderSchema.options.join(', ')}` })
    .default('auto'),
  PROMPTSEG_GPU: z
    .string()
    .regex(/^\d{1,2}$/, 'is not the number of one GPU, such as 0 or 1; each further GPU needs a worker of its own')
    .transform(Number)
    .optional(),
  PROMPTSEG_MODEL_MEMORY: sizeSchema.default('4 GB'),
  PROMPTSEG_STORE_LIMIT: sizeSchema.default('4 GB'),
});

/** Command-line options, as typed; each overrides its environment variable. */
export interface ConfigOptions {
  readonly archive?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly data?: string | undefined;
  readonly models?: string | undefined;
  readonly viewer?: string | undefined;
  readonly executionProvider?: string | undefined;
}

const optionNames: Readonly<Record<keyof ConfigOptions, { readonly variable: string; readonly flag: string }>> = {
  archive: { variable: 'PROMPTSEG_ARCHIVE', flag: '--archive' },
  host: { variable: 'PROMPTSEG_HOST', flag: '--host' },
  port: { variable: 'PROMPTSEG_PORT', flag: '--port' },
  data: { variable: 'PROMPTSEG_DATA', flag: '--data' },
  models: { variable: 'PROMPTSEG_MODELS', flag: '--models' },
  viewer: { variable: 'PROMPTSEG_VIEWER', flag: '--viewer' },
  executionProvider: { variable: 'PROMPTSEG_EXECUTION_PROVIDER', flag: '--execution-provider' },
};

/** @throws PromptsegError `setting-invalid` with the name of the wrong setting, as it was given */
export function readConfig(options: ConfigOptions, environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.entries(optionNames).flatMap(([option, { variable }]) => {
    const value = options[option as keyof ConfigOptions];
    return value === undefined ? [] : [[variable, value] as const];
  });
  const parsed = environmentSchema.safeParse({ ...environment, ...Object.fromEntries(given) });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const variable = String(issue?.path[0]);
    const typed = given.some(([name]) => name === variable);
    const name = typed ? Object.values(optionNames).find((each) => each.variable === variable)?.flag : variable;
    throw new PromptsegError('setting-invalid', `The setting ${name} is not valid: it ${issue?.message}.`);
  }
  const settings = parsed.data;
  refuseGpuWithoutChoice(settings);
  const authorization = archiveAuthorization(settings);
  return {
    archiveUrl: settings.PROMPTSEG_ARCHIVE.replace(/\/+$/, ''),
    ...(authorization !== undefined && { archiveAuthorization: authorization }),
    archiveLacks: settings.PROMPTSEG_ARCHIVE_LACKS,
    ...(settings.PROMPTSEG_ORTHANC_URL !== undefined && {
      orthancUrl: settings.PROMPTSEG_ORTHANC_URL.replace(/\/+$/, ''),
    }),
    settleSeconds: settings.PROMPTSEG_SETTLE_SECONDS,
    ...(settings.PROMPTSEG_DESTINATIONS_FILE !== undefined && {
      destinationsFile: path.resolve(settings.PROMPTSEG_DESTINATIONS_FILE),
    }),
    ...(settings.PROMPTSEG_WEBHOOKS_FILE !== undefined && {
      webhooksFile: path.resolve(settings.PROMPTSEG_WEBHOOKS_FILE),
    }),
    ...(settings.PROMPTSEG_RULES_FILE !== undefined && { rulesFile: path.resolve(settings.PROMPTSEG_RULES_FILE) }),
    ...(settings.PROMPTSEG_PRESETS_FILE !== undefined && {
      presetsFile: path.resolve(settings.PROMPTSEG_PRESETS_FILE),
    }),
    storeLimitBytes: bytesOf(settings.PROMPTSEG_STORE_LIMIT),
    host: settings.PROMPTSEG_HOST,
    allowedHosts: [...settings.PROMPTSEG_ALLOWED_HOSTS, ...listeningName(settings.PROMPTSEG_HOST)],
    viewerOrigins: settings.PROMPTSEG_VIEWER_ORIGINS,
    port: settings.PROMPTSEG_PORT,
    dataFolder: path.resolve(settings.PROMPTSEG_DATA),
    ...(settings.DATABASE_URL !== undefined && { databaseUrl: settings.DATABASE_URL }),
    retentionDays: settings.PROMPTSEG_RETENTION_DAYS,
    feedbackDays: settings.PROMPTSEG_FEEDBACK_DAYS,
    ...(settings.PROMPTSEG_PROMPT_SET_DAYS !== undefined && { promptSetDays: settings.PROMPTSEG_PROMPT_SET_DAYS }),
    ...(settings.PROMPTSEG_INSTITUTION !== undefined && { institution: settings.PROMPTSEG_INSTITUTION }),
    auditRetentionYears: settings.PROMPTSEG_AUDIT_RETENTION_YEARS,
    auditSourceId: settings.PROMPTSEG_AUDIT_SOURCE_ID,
    ...(settings.PROMPTSEG_AUDIT_RECEIVERS_FILE !== undefined && {
      auditReceiversFile: path.resolve(settings.PROMPTSEG_AUDIT_RECEIVERS_FILE),
    }),
    modelsFolder: path.resolve(settings.PROMPTSEG_MODELS),
    ...(settings.PROMPTSEG_MODEL_KEYS !== undefined && { modelKeysFile: path.resolve(settings.PROMPTSEG_MODEL_KEYS) }),
    ...(settings.PROMPTSEG_VIEWER !== undefined && { viewerFolder: path.resolve(settings.PROMPTSEG_VIEWER) }),
    executionProvider: settings.PROMPTSEG_EXECUTION_PROVIDER,
    ...(settings.PROMPTSEG_GPU !== undefined && { gpu: settings.PROMPTSEG_GPU }),
    modelMemoryBytes: bytesOf(settings.PROMPTSEG_MODEL_MEMORY),
  };
}

/** Of `cpu` nothing is to be chosen, and `auto` leaves out what cannot choose. */
function refuseGpuWithoutChoice(settings: z.infer<typeof environmentSchema>): void {
  const { PROMPTSEG_GPU: gpu, PROMPTSEG_EXECUTION_PROVIDER: provider } = settings;
  if (gpu === undefined || (provider !== 'webgpu' && provider !== 'coreml')) return;
  throw new PromptsegError(
    'setting-invalid',
    `The setting PROMPTSEG_GPU is not valid: it cannot select a GPU for ${provider}, where ONNX Runtime chooses one. ` +
      'Remove it, or choose cuda or dml.',
  );
}

/**
 * A server that listens on one address beyond loopback is meant to be used under that address; 0.0.0.0 and :: are not
 * addresses to use.
 */
function listeningName(host: string): readonly AllowedHost[] {
  if (['0.0.0.0', '::', ''].includes(host)) return [];
  const name = isIPv6(host) ? `[${host}]` : host;
  return [{ name: nameInUrls(name) ?? name.toLowerCase(), scheme: 'http' }];
}

const bytesOf = (size: string): number => Number.parseFloat(size) * (size.endsWith('GB') ? 1e9 : 1e6);

function archiveAuthorization(settings: z.infer<typeof environmentSchema>): ArchiveAuthorization | undefined {
  if (settings.PROMPTSEG_ARCHIVE_TOKEN_FILE !== undefined)
    return { tokenFile: path.resolve(settings.PROMPTSEG_ARCHIVE_TOKEN_FILE) };
  if (settings.PROMPTSEG_ARCHIVE_TOKEN) return `Bearer ${settings.PROMPTSEG_ARCHIVE_TOKEN}`;
  if (settings.PROMPTSEG_ARCHIVE_USERNAME === undefined) return undefined;
  const credentials = `${settings.PROMPTSEG_ARCHIVE_USERNAME}:${settings.PROMPTSEG_ARCHIVE_PASSWORD ?? ''}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}
