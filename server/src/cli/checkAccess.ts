import { createOpenIdProvider } from '../access/openIdProvider.js';
import { type AccessSettings, type LogIn, namesOfOthers, readAccessSettings } from '../access/settings.js';
import type { Config } from '../platform/config.js';
import { type Check, failed } from './check.js';

const logIn = 'Log-in';
const secrets = 'Secrets';
const studyRights = 'Study rights';
const patienceMs = 10_000;

/**
 * Who can reach the server: the log-in and what it depends on, and whether the archive refuses invalid tokens.
 */
export async function checkAccess(config: Config, environment: NodeJS.ProcessEnv = process.env): Promise<Check[]> {
  let settings: AccessSettings;
  try {
    settings = readAccessSettings(config, environment);
  } catch (error) {
    return [failed(logIn, error, 'its settings cannot be read')];
  }
  return [
    await checkLogIn(settings.logIn, config),
    ...(settings.logIn.mode === 'oidc' ? checkCookies(config) : []),
    ...checkSecrets(settings.logIn, environment),
    ...(settings.forwardToken ? [await checkStudyRights(config)] : []),
  ];
}

function checkLogIn(settings: LogIn, config: Config): Check | Promise<Check> {
  if (settings.mode === 'none') return withoutLogIn(settings, config);
  return settings.mode === 'oidc' ? checkProvider(settings) : checkProxies(settings);
}

function withoutLogIn({ insecure }: Extract<LogIn, { mode: 'none' }>, config: Config): Check {
  const { host } = config;
  if (!insecure) return { name: logIn, state: 'ok', found: `none: only programs on this machine reach ${host}` };
  const open = namesOfOthers(config);
  if (open.length === 0)
    return {
      name: logIn,
      state: 'warning',
      found: `none, and PROMPTSEG_INSECURE=true makes every page warn, although only this machine reaches ${host}`,
      fix: 'Remove PROMPTSEG_INSECURE, unless something else makes this address reachable.',
    };
  return {
    name: logIn,
    state: 'warning',
    found: `none, but others reach it as ${open.join(', ')}: anyone who does can read, change and delete the archive`,
    fix: 'Set PROMPTSEG_AUTH to oidc or proxy, or let only this machine reach the port (docs/administer/security.md).',
  };
}

async function checkProvider(settings: Extract<LogIn, { mode: 'oidc' }>): Promise<Check> {
  const { href } = settings.issuer;
  try {
    const faults = await createOpenIdProvider(settings).faults();
    if (faults.length === 0) {
      const programs =
        settings.audience === undefined ? 'API keys only' : `API keys and tokens for ${settings.audience}`;
      return { name: logIn, state: 'ok', found: `OpenID provider ${href} responds; programs use ${programs}` };
    }
    return {
      name: logIn,
      state: 'failed',
      found: `OpenID provider ${href}: ${faults.join('; ')}`,
      fix: 'Change this at the provider, or choose another one with PROMPTSEG_OIDC_ISSUER.',
    };
  } catch {
    return {
      name: logIn,
      state: 'failed',
      found: `OpenID provider ${href} does not respond as an issuer with exactly this address`,
      fix:
        `${href.replace(/\/$/, '')}/.well-known/openid-configuration must open from this machine and name the same ` +
        'issuer. If you use your own certificate authority, set NODE_EXTRA_CA_CERTS.',
    };
  }
}

function checkProxies({ trustedProxies, userHeader }: Extract<LogIn, { mode: 'proxy' }>): Check {
  const everybody = trustedProxies.rules.some((rule) => rule.endsWith('/0'));
  if (everybody)
    return {
      name: logIn,
      state: 'failed',
      found: `PROMPTSEG_TRUSTED_PROXIES contains every address: anybody can set the header ${userHeader}`,
      fix: 'List only the addresses of your proxies.',
    };
  const { length } = trustedProxies.rules;
  return {
    name: logIn,
    state: 'ok',
    found:
      `the header ${userHeader} identifies the user, ` +
      `from ${length} ${length === 1 ? 'address or network' : 'addresses or networks'}`,
  };
}

/** Nobody else can read the traffic on loopback. */
function checkCookies(config: Config): Check[] {
  const { allowedHosts } = config;
  if (namesOfOthers(config).length === 0) return [];
  if (allowedHosts.some(({ scheme }) => scheme === 'https')) return [];
  return [
    {
      name: 'TLS',
      state: 'warning',
      found: 'no name in PROMPTSEG_ALLOWED_HOSTS begins with https://, so session cookies are not encrypted',
      fix: 'Put a TLS proxy in front and list its name, such as https://seg.example (docs/administer/security.md).',
    },
  ];
}

/** Shorter secrets can be guessed. Those of providers and of `openssl rand -hex 16` have 32 characters. */
const fewest = 16;

function checkSecrets(settings: LogIn, environment: NodeJS.ProcessEnv): Check[] {
  const given: readonly (readonly [name: string, secret: string | undefined])[] = [
    ['PROMPTSEG_OIDC_CLIENT_SECRET', settings.mode === 'oidc' ? settings.clientSecret : undefined],
    ['PROMPTSEG_ARCHIVE_PASSWORD', environment.PROMPTSEG_ARCHIVE_PASSWORD],
    ['PROMPTSEG_ARCHIVE_TOKEN', environment.PROMPTSEG_ARCHIVE_TOKEN],
  ];
  return given.flatMap(([name, secret = '']): Check[] =>
    secret === '' || secret.length >= fewest
      ? []
      : [
          {
            name: secrets,
            state: 'warning',
            found: `${name} has ${secret.length} characters and can be guessed`,
            fix: `Use a random one with ${fewest} characters or more: openssl rand -hex 16`,
          },
        ],
  );
}

/** Tries an invented token: an archive that accepts it shows every study to everybody. */
async function checkStudyRights({ archiveUrl }: Config): Promise<Check> {
  const name = studyRights;
  let status: number;
  try {
    const response = await fetch(`${archiveUrl}/studies?limit=1`, {
      headers: { accept: 'application/dicom+json', authorization: 'Bearer made-up-by-promptseg-doctor' },
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    });
    await response.body?.cancel();
    ({ status } = response);
  } catch {
    return {
      name,
      state: 'failed',
      found: 'the archive does not respond',
      fix: 'Start it, or correct PROMPTSEG_ARCHIVE.',
    };
  }
  if (status === 401 || status === 403) return { name, state: 'ok', found: 'the archive refuses unknown tokens' };
  if (status === 200 || status === 204)
    return {
      name,
      state: 'failed',
      found: 'the archive accepts an invented token, so everybody with an account sees every study',
      fix: "Make the archive verify the provider's tokens, or remove PROMPTSEG_ARCHIVE_FORWARD_TOKEN.",
    };
  return {
    name,
    state: 'warning',
    found: `the archive responds to an unknown token with status ${status} instead of 401 or 403`,
    fix: 'Request studies with and without a valid token, and check that it refuses the latter.',
  };
}
