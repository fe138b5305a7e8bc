import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import type { Config } from '../platform/config.js';
import { PromptsegError } from '../platform/errors.js';
import { httpAddressSchema } from '../platform/httpEndpoint.js';

/** How people and programs are identified. */
export type LogIn =
  /** Not at all: everyone who reaches the server may do everything. */
  | { readonly mode: 'none'; readonly insecure: boolean }
  /** By an OpenID provider; programs by its tokens or by API keys. */
  | {
      readonly mode: 'oidc';
      readonly issuer: URL;
      readonly clientId: string;
      readonly clientSecret?: string;
      /** Scopes requested from the provider. */
      readonly providerScope: string;
      /** Required audience of a program's token; without it only keys open the API to programs. */
      readonly audience?: string;
      readonly rolesClaim: string;
      readonly sessionHours: number;
    }
  /** By the headers of a proxy that has identified them. */
  | {
      readonly mode: 'proxy';
      readonly trustedProxies: BlockList;
      /** In lower case. */
      readonly userHeader: string;
      readonly rolesHeader: string;
      readonly signOutUrl?: string;
    };

export interface AccessSettings {
  readonly logIn: LogIn;
  /** Whether the archive is queried with the sender's token, and so decides who sees which study. */
  readonly forwardToken: boolean;
  /** How long the archive's decision on a study counts. */
  readonly studyAccessSeconds: number;
}

const flag = z.enum(['true', 'false']).default('false');
const issuer = httpAddressSchema(
  'the provider knows this server by PROMPTSEG_OIDC_CLIENT_ID and PROMPTSEG_OIDC_CLIENT_SECRET',
).transform((url) => new URL(url));
/** Every browser gets it. */
const pageElsewhere = httpAddressSchema('the person signs out there');
const headerName = z.string().regex(/^[A-Za-z0-9-]+$/, 'is not the name of a header');

const environmentSchema = z.object({
  PROMPTSEG_AUTH: z.enum(['none', 'oidc', 'proxy']).default('none'),
  PROMPTSEG_INSECURE: flag,
  PROMPTSEG_OIDC_ISSUER: issuer.optional(),
  PROMPTSEG_OIDC_CLIENT_ID: z.string().min(1).optional(),
  PROMPTSEG_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  PROMPTSEG_OIDC_SCOPE: z.string().default('openid profile email'),
  PROMPTSEG_OIDC_AUDIENCE: z.string().min(1).optional(),
  PROMPTSEG_ROLES_CLAIM: z.string().min(1).default('roles'),
  PROMPTSEG_SESSION_HOURS: z.coerce.number().min(0.01).max(720).default(12),
  PROMPTSEG_TRUSTED_PROXIES: z.string().optional(),
  PROMPTSEG_USER_HEADER: headerName.default('X-Forwarded-User'),
  PROMPTSEG_ROLES_HEADER: headerName.default('X-Forwarded-Groups'),
  PROMPTSEG_SIGN_OUT_URL: z
    .string()
    .refine((way) => /^\/(?![\\/])/.test(way) || pageElsewhere.safeParse(way).success, {
      message: 'is not an address, or contains credentials',
    })
    .optional(),
  PROMPTSEG_ARCHIVE_FORWARD_TOKEN: flag,
  PROMPTSEG_STUDY_ACCESS_SECONDS: z.coerce.number().int().min(0).max(3600).default(60),
});
type Environment = z.infer<typeof environmentSchema>;

/**
 * Reads who may reach the server, and how they are identified.
 * @param reached the address that the server listens on, and the names by which clients may address it; a name that
 * other machines use means that a proxy or tunnel forwards requests
 * @throws PromptsegError `setting-invalid` naming the setting; `log-in-missing` if other machines can reach a server
 * without a log-in
 */
export function readAccessSettings(reached: ReachedBy, environment: NodeJS.ProcessEnv = process.env): AccessSettings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const settings = parsed.data;
  const logIn = readLogIn(settings);
  if (logIn.mode === 'none') {
    if (settings.PROMPTSEG_ARCHIVE_FORWARD_TOKEN === 'true')
      throw invalid('PROMPTSEG_ARCHIVE_FORWARD_TOKEN: without PROMPTSEG_AUTH nobody has a token');
    const open = namesOfOthers(reached);
    if (open.length > 0 && !logIn.insecure)
      throw new PromptsegError(
        'log-in-missing',
        `Other machines can reach the server as ${open.join(', ')} without a log-in: anybody there could read, ` +
          'change and delete what is in the archive.',
      );
  }
  return {
    logIn,
    forwardToken: settings.PROMPTSEG_ARCHIVE_FORWARD_TOKEN === 'true',
    studyAccessSeconds: settings.PROMPTSEG_STUDY_ACCESS_SECONDS,
  };
}

type ReachedBy = Pick<Config, 'host' | 'allowedHosts'>;

/** Addresses and names by which other machines can reach the server. */
export const namesOfOthers = ({ host, allowedHosts }: ReachedBy): readonly string[] => [
  ...new Set(
    [host.toLowerCase(), ...allowedHosts.map(({ name }) => name.replaceAll(/[[\]]/g, ''))].filter(
      (name) => !isLoopback(name),
    ),
  ),
];

function readLogIn(settings: Environment): LogIn {
  const { PROMPTSEG_AUTH: mode } = settings;
  if (mode === 'none') return { mode, insecure: settings.PROMPTSEG_INSECURE === 'true' };
  if (mode === 'proxy')
    return {
      mode,
      trustedProxies: readAddresses(needed(settings, 'PROMPTSEG_TRUSTED_PROXIES')),
      userHeader: settings.PROMPTSEG_USER_HEADER.toLowerCase(),
      rolesHeader: settings.PROMPTSEG_ROLES_HEADER.toLowerCase(),
      ...(settings.PROMPTSEG_SIGN_OUT_URL !== undefined && { signOutUrl: settings.PROMPTSEG_SIGN_OUT_URL }),
    };
  const issuer = needed(settings, 'PROMPTSEG_OIDC_ISSUER');
  if (issuer.protocol === 'http:' && !isLoopback(issuer.hostname))
    throw invalid('PROMPTSEG_OIDC_ISSUER: tokens would not be encrypted; the address must begin with https://');
  const { PROMPTSEG_OIDC_CLIENT_SECRET: clientSecret, PROMPTSEG_OIDC_AUDIENCE: audience } = settings;
  return {
    mode,
    issuer,
    clientId: needed(settings, 'PROMPTSEG_OIDC_CLIENT_ID'),
    ...(clientSecret !== undefined && { clientSecret }),
    providerScope: settings.PROMPTSEG_OIDC_SCOPE,
    ...(audience !== undefined && { audience }),
    rolesClaim: settings.PROMPTSEG_ROLES_CLAIM,
    sessionHours: settings.PROMPTSEG_SESSION_HOURS,
  };
}

function needed<Name extends keyof Environment>(settings: Environment, name: Name): NonNullable<Environment[Name]> {
  const value = settings[name];
  if (value === undefined) throw invalid(`${name}: PROMPTSEG_AUTH=${settings.PROMPTSEG_AUTH} needs it`);
  return value as NonNullable<Environment[Name]>;
}

/** Addresses and networks (`10.0.0.0/8`), separated by commas. */
function readAddresses(text: string): BlockList {
  const addresses = new BlockList();
  for (const entry of text.split(',').map((each) => each.trim())) {
    const [address = '', bits] = entry.split('/');
    const version = isIP(address);
    const most = version === 6 ? 128 : 32;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (version === 0 || !(prefix >= 0 && prefix <= most))
      throw invalid(`PROMPTSEG_TRUSTED_PROXIES: “${entry}” is neither an address nor a network`);
    addresses.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }
  return addresses;
}

/** Whether only this machine can reach the address. A name other than localhost may belong to any machine. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

const invalid = (what: string): PromptsegError =>
  new PromptsegError('setting-invalid', `A setting is not valid: ${what}.`);
