import { EventEmitter } from 'node:events';
import { type ErrorRequestHandler, type Request, type RequestHandler, Router } from 'express';
import { recordAudit } from '../database/auditTrail.js';
import type { Database } from '../database/database.js';
import type { ApiSecurity } from '../http/openApi.js';
import { asNobody } from '../http/principalOf.js';
import { ownOrigin } from '../http/requestGuard.js';
import type { Route } from '../http/route.js';
import type { JobStore } from '../jobs/records/jobStore.js';
import type { AllowedHost } from '../platform/config.js';
import { accountRoutes } from './accountRoutes.js';
import { type ApiKeys, createApiKeys } from './apiKeys.js';
import { apiSecurity } from './apiSecurity.js';
import { authenticate } from './authenticate.js';
import { createCookies } from './cookies.js';
import { bearer, proxyHeaders, sessionCookie, sessionOfKey } from './credentials.js';
import { guardJobs, requireArchiveToken } from './guards.js';
import { keyRoutes } from './keyRoutes.js';
import { requireScope } from './scopes.js';
import type { AccessSettings } from './settings.js';
import { handleNavigation } from './signInPages.js';
import { type SignInReport, signInRoutes } from './signInRoutes.js';
import { createStudyAccess } from './studyAccess.js';

/** Access control between a request and its handler. */
export interface Access {
  /** Mounted before every route: identifies the sender, and checks scope and study. */
  readonly guards: RequestHandler;
  /** `/auth/…`, which needs no body parser. */
  readonly signIn: RequestHandler;
  /** Below `/api/v1`: `/account` and `/keys`. */
  readonly routes: readonly Route[];
  /** Issuer of the tokens that requests may carry; absent if none are accepted. */
  readonly authorizationServer?: string;
  /** For the OpenAPI document. */
  readonly security: ApiSecurity;
  /** Before the general error handler. */
  readonly handleNavigation: ErrorRequestHandler;
}

export interface AccessParts {
  readonly settings: AccessSettings;
  readonly archiveUrl: string;
  readonly allowedHosts: readonly AllowedHost[];
  readonly database: Database;
  readonly store: Pick<JobStore, 'get'>;
  readonly keys?: ApiKeys;
  /** Records sign-ins and sign-outs; absent without an audit trail. */
  readonly report?: SignInReport;
}

const job = '/api/v1/segmentations/:id';

export async function createAccess({
  settings,
  archiveUrl,
  allowedHosts,
  database,
  store,
  keys = createApiKeys(database),
  report = (kind, actor, address) =>
    recordAudit(database, { kind, actor, ...(address !== undefined && { address }), outcome: 'success' }),
}: AccessParts): Promise<Access> {
  const { logIn, forwardToken, studyAccessSeconds } = settings;
  const ended = new EventEmitter().setMaxListeners(0);
  const studies = forwardToken ? createStudyAccess({ archiveUrl, seconds: studyAccessSeconds }) : undefined;
  const nothing = Router();

  const routes = [...accountRoutes(settings), ...keyRoutes(keys, (id) => void ended.emit(sessionOfKey(id)))];
  const security = apiSecurity(logIn);
  const guards = (authentication: RequestHandler): RequestHandler =>
    Router()
      .use(authentication, requireScope())
      .use([`${job}/edited/:edited`, job], guardJobs(store))
      .use('/dicom-web', requireArchiveToken);

  if (logIn.mode === 'none')
    return {
      guards: guards(asNobody),
      signIn: nothing,
      routes,
      security,
      handleNavigation: handleNavigation(undefined),
    };

  if (logIn.mode === 'proxy') {
    const credentials = [bearer(keys), proxyHeaders(logIn)];
    return {
      guards: guards(authenticate({ credentials, studies, ended })),
      signIn: nothing,
      routes,
      security,
      handleNavigation: handleNavigation(undefined),
    };
  }

  // Their libraries take 0.1 s of processor time to load.
  const { createOpenIdProvider } = await import('./openIdProvider.js');
  const { createSessions } = await import('./sessions.js');
  const provider = createOpenIdProvider(logIn);
  const sessions = createSessions(database);
  const cookies = createCookies((request) => ownOrigin(request, allowedHosts));
  const originOf = (request: Request): string => {
    const { scheme, host } = ownOrigin(request, allowedHosts);
    return `${scheme}://${host}`;
  };
  const { rolesClaim, sessionHours } = logIn;
  const credentials = [
    bearer(keys, { verify: provider.verify, rolesClaim }),
    sessionCookie({ cookies, sessions, provider, ended }),
  ];
  return {
    guards: guards(authenticate({ credentials, studies, ended })),
    signIn: signInRoutes({ provider, sessions, cookies, sessionHours, originOf, ended, report }),
    routes,
    ...(logIn.audience !== undefined && { authorizationServer: logIn.issuer.href }),
    security,
    handleNavigation: handleNavigation('/auth/sign-in'),
  };
}
