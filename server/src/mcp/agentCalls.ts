import { randomUUID } from 'node:crypto';
import type { AuthInfo } from '@modelcontextprotocol/sdk/server/auth/types.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import type { Request, Response } from 'express';
import { clientOf } from '../http/clientOf.js';
import { identityOf, principalOf } from '../http/principalOf.js';
import { type AgentSession, agentTools, createAgentServer } from './agentServer.js';
import { createAgentSessions } from './agentSessions.js';
import type { AgentParts } from './calls/tool.js';

/** Handles a request to `/mcp`. */
export type AgentCalls = (request: Request, response: Response) => Promise<void>;

/** The sessions of agents and their calls of tools. */
export function agentCalls(
  parts: AgentParts & Pick<AgentSession, 'refused'>,
  originOf: AgentSession['originOf'],
): AgentCalls {
  const sessions = createAgentSessions();
  const tools = agentTools(parts);
  const requests = new WeakMap<AuthInfo, Request>();

  async function begin(request: Request): Promise<StreamableHTTPServerTransport> {
    sessions.requireRoom(clientOf(request));
    const id = randomUUID();
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => id });
    const server = createAgentServer(parts, tools, {
      requestOf: (authInfo) => requests.get(authInfo)!,
      originOf,
      hasEnded: () => !sessions.has(id),
      refused: parts.refused,
    });
    // The SDK's own types differ under exactOptionalPropertyTypes.
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    sessions.add(id, clientOf(request), transport);
    return transport;
  }

  return async (request, response) => {
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
  };
}
