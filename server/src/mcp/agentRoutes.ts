import { randomUUID } from 'node:crypto';
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import { clientOf } from '../http/clientOf.js';
import { identityOf, principalOf, requireStudy } from '../http/principalOf.js';
import { ownOrigin } from '../http/requestGuard.js';
import type { AllowedHost } from '../platform/config.js';
import { PromptsegError } from '../platform/errors.js';
import { type AgentSession, agentTools, createAgentServer } from './agentServer.js';
import { createAgentSessions } from './agentSessions.js';
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
  const { allowedHosts, handles, viewerPath, authorizationServer, refused } = parts;
  const sessions = createAgentSessions();
  const tools = agentTools(parts);
  const requests = new WeakMap<AuthInfo, Request>();
  const originOf = (request: Request): string => originFor(request, allowedHosts);
  const routes = Router();

  async function begin(request: Request): Promise<StreamableHTTPServerTransport> {
    sessions.requireRoom(clientOf(request));
    const id = randomUUID();
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => id });
    const server = createAgentServer(parts, tools, {
      requestOf: (authInfo) => requests.get(authInfo)!,
      originOf,
      hasEnded: () => !sessions.has(id),
      refused,
    });
    // The SDK's own types differ under exactOptionalPropertyTypes.
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    sessions.add(id, clientOf(request), transport);
    return transport;
  }

  async function handle(request: Request, response: Response): Promise<void> {
    const id = request.get('mcp-session-id');
    const begins = id === undefined && request.method === 'POST' && isInitializeRequest(request.body);
    const transport = begins ? await begin(request) : sessions.of(id, clientOf(request));
    const inUse = sessions.use(transport);
    response.once('close', inUse);
    // A stream ends when the sign-in does.
    const stop = identityOf(request).whenOver?.(() => response.destroy());
    if (stop !== undefined) response.once('close', stop);
    if (request.method === 'DELETE' && id !== undefined) sessions.end(id);
    const { kind, subject, scopes } = principalOf(request);
    // The SDK passes this to the tools: an identifier of the request, not a token.
    const auth: AuthInfo = { token: '', clientId: `${kind} ${subject}`, scopes: [...scopes] };
    requests.set(auth, request);
    await transport.handleRequest(Object.assign(request, { auth }), response, request.body);
  }

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
