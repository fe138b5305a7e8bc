import { type ErrorRequestHandler, type Request, type RequestHandler, Router } from 'express';
import { requireStudy } from '../http/principalOf.js';
import { ownOrigin } from '../http/requestGuard.js';
import type { AllowedHost } from '../platform/config.js';
import { PromptsegError } from '../platform/errors.js';
import type { AgentCalls } from './agentCalls.js';
import type { AgentSession } from './agentServer.js';
import type { AgentParts } from './calls/tool.js';

export interface AgentRoutesParts extends AgentParts {
  readonly allowedHosts: readonly AllowedHost[];
  /** Issuer of the tokens that this server accepts; absent if it accepts none. */
  readonly authorizationServer: string | undefined;
  /** Path of the viewer for a study, without the query. */
  readonly viewerPath: string;
  readonly refused: AgentSession['refused'];
}

const metadataPath = '/.well-known/oauth-protected-resource';

/**
 * `/mcp`: the tools for agents, by the Model Context Protocol over Streamable HTTP (2025-11-25). Each request acts with
 * the rights of its sender; a session belongs to the account that started it. No token is passed on to the archive or
 * an agent.
 */
export function agentRoutes(parts: AgentRoutesParts): Router {
  const { allowedHosts, handles, viewerPath, authorizationServer } = parts;
  let calls: Promise<AgentCalls> | undefined;
  const originOf = (request: Request): string => originFor(request, allowedHosts);
  const routes = Router();

  // The protocol's library takes 0.25 s of processor time to load.
  const handle: RequestHandler = async (request, response) => {
    calls ??= import('./agentCalls.js').then(({ agentCalls }) => agentCalls(parts, originOf));
    await (await calls)(request, response);
  };

  routes.post('/mcp', handle);
  routes.get('/mcp', handle);
  routes.delete('/mcp', handle);
  routes.get('/mcp/open/:link', async (request, response) => {
    const study = handles.linked(request.params.link);
    await requireStudy(request, study);
    response.redirect(302, `${viewerPath}?${new URLSearchParams({ StudyInstanceUIDs: study })}`);
  });
  for (const path of [metadataPath, `${metadataPath}/mcp`])
    routes.get(path, (request, response, next) => {
      if (authorizationServer === undefined) return next();
      response.json({
        resource: `${originOf(request)}/mcp`,
        resource_name: 'Promptseg',
        authorization_servers: [authorizationServer],
        bearer_methods_supported: ['header'],
      });
    });
  return routes;
}

function originFor(request: Request, allowedHosts: readonly AllowedHost[]): string {
  const { scheme, host } = ownOrigin(request, allowedHosts);
  return `${scheme}://${host}`;
}

/** Names the Protected Resource Metadata to an agent that has to sign in (RFC 9728 section 5.1). */
export function challengeAgents({
  allowedHosts,
  authorizationServer,
}: Pick<AgentRoutesParts, 'allowedHosts' | 'authorizationServer'>): ErrorRequestHandler {
  return (error, request, response, next) => {
    const isChallenge = error instanceof PromptsegError && error.entry.status === 401 && request.path === '/mcp';
    if (isChallenge && authorizationServer !== undefined && !response.headersSent)
      response.set(
        'WWW-Authenticate',
        `Bearer resource_metadata="${originFor(request, allowedHosts)}${metadataPath}/mcp"`,
      );
    next(error);
  };
}
