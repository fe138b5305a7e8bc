import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';

/** A person whom the provider knows. Typing the subject into its log-in page signs in as that person. */
export interface Person {
  readonly name: string;
  readonly roles: readonly string[];
}

export const audience = 'https://promptseg.example/api';
export const clientId = 'promptseg';
export const clientSecret = 'a secret of the test';

/** Settings of a Promptseg server that signs people in at this provider. */
export const settingsOf = ({ issuer }: { readonly issuer: string }) => ({
  PROMPTSEG_AUTH: 'oidc',
  PROMPTSEG_OIDC_ISSUER: issuer,
  PROMPTSEG_OIDC_CLIENT_ID: clientId,
  PROMPTSEG_OIDC_CLIENT_SECRET: clientSecret,
  PROMPTSEG_OIDC_AUDIENCE: audience,
});

export interface TestProvider {
  readonly issuer: string;
  readonly people: Map<string, Person>;
  /** Seconds for which access tokens are valid that are given from now on. */
  lifetimeSeconds: number;
  /** A signed token of a program; `changes` and `header` spoil it. */
  sign(changes?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  /** Says under which address the application is reached. */
  register(application: string): void;
  /** Takes back what it gave so far: no refresh token is good any more. */
  forgetAll(): void;
  stop(): Promise<void>;
  /** On the same address as before. */
  start(): Promise<void>;
}

/** A real OpenID provider (npm oidc-provider) on `localhost`, which for a browser is another site than `127.0.0.1`. */
export async function startOpenIdProvider(people: Record<string, Person>): Promise<TestProvider> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'key of the test' };
  const known = new Map(Object.entries(people));
  let provider: Provider | undefined;
  let server: Server;
  let application = 'http://127.0.0.1:1';

  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => {
      server = createServer((request, response) => {
        provider ??= create();
        void provider.callback()(request, response);
      });
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server!.address() as AddressInfo;
  const issuer = `http://localhost:${port}`;

  const create = (): Provider => {
    const created = new Provider(issuer, {
      jwks: { keys: [key] },
      cookies: { keys: ['cookies of the test'] },
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          redirect_uris: [`${application}/auth/callback`],
          post_logout_redirect_uris: [`${application}/auth/signed-out`],
          grant_types: ['authorization_code', 'refresh_token'],
        },
      ],
      claims: { openid: ['sub', 'roles'], profile: ['name'], email: ['email'] },
      conformIdTokenClaims: false,
      rotateRefreshToken: true,
      issueRefreshToken: () => true,
      pkce: { required: () => true },
      ttl: { AccessToken: () => self.lifetimeSeconds, IdToken: 600, Session: 3600, Grant: 3600, Interaction: 600 },
      findAccount: (_context: unknown, subject: string) =>
        known.has(subject)
          ? {
              accountId: subject,
              claims: () => ({ sub: subject, ...known.get(subject), email: `${subject}@example.org` }),
            }
          : undefined,
      extraTokenClaims: (_context: unknown, token: { accountId?: string }) => ({ ...known.get(token.accountId ?? '') }),
      interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      features: {
        devInteractions: { enabled: false },
        revocation: { enabled: true },
        rpInitiatedLogout: {
          enabled: true,
          logoutSource(context: KoaContextWithOIDC, form: string) {
            const confirmed = form.replace('</form>', '<input type="hidden" name="logout" value="yes"></form>');
            context.body = `<!doctype html>${confirmed}<script>document.forms[0].submit()</script>`;
          },
        },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => audience,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope: 'openid profile email',
            audience,
            accessTokenTTL: self.lifetimeSeconds,
            accessTokenFormat: 'jwt' as const,
            jwt: { sign: { alg: 'RS256' as const } },
          }),
        },
      },
    } as unknown as ConstructorParameters<typeof Provider>[1]);
    created.use(async (context, next) => {
      if (!context.path.startsWith('/interaction/')) return next();
      if (context.method === 'GET') {
        context.type = 'html';
        context.body =
          '<!doctype html><title>Test log-in</title><form method="post"><input name="login"><button>Go</button></form>';
        return;
      }
      let body = '';
      for await (const chunk of context.req) body += chunk;
      const subject = new URLSearchParams(body).get('login') ?? '';
      const { params } = await created.interactionDetails(context.req, context.res);
      const grant = new created.Grant({ accountId: subject, clientId });
      grant.addOIDCScope(String(params.scope));
      grant.addResourceScope(audience, 'openid profile email');
      const result = { login: { accountId: subject }, consent: { grantId: await grant.save() } };
      await created.interactionFinished(context.req, context.res, result, { mergeWithLastSubmission: false });
      context.respond = false;
    });
    return created;
  };

  const self: TestProvider = {
    issuer,
    people: known,
    lifetimeSeconds: 600,
    async sign(changes = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: issuer,
        aud: audience,
        sub: 'program-1',
        iat: now,
        exp: now + 600,
        roles: ['viewer'],
        ...changes,
      };
      return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header }).sign(privateKey);
    },
    register(address) {
      application = address;
      provider = undefined;
    },
    forgetAll() {
      provider = undefined;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    start: () => listen(port),
  };
  return self;
}
