import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  InitializeResultSchema,
  isInitializeRequest,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  ErrorCode as RpcCode,
} from '@modelcontextprotocol/sdk/types.js';
import type { Command } from 'commander';
import { toProblem } from '../platform/errors.js';
import { requestServer } from './apiClient.js';
import { namesServer } from './options.js';
import { say } from './terminal/print.js';

export function addMcpCommand(program: Command): void {
  namesServer(
    program
      .command('mcp')
      .description('let an agent on this machine use a running server (Model Context Protocol over stdio)'),
  ).action(mcpCommand);
}

/**
 * `promptseg mcp`: forwards messages between an agent and `/mcp` of a running server, with the API key in
 * PROMPTSEG_KEY. Tools, rights and audit trail are the server's. Ends at the end of its input.
 */
async function mcpCommand({ server }: { readonly server: string }): Promise<void> {
  const toServer = new StreamableHTTPClientTransport(new URL('http://server/mcp'), {
    fetch: (_url, init) =>
      requestServer(server, '/mcp', { ...init, headers: Object.fromEntries(new Headers(init?.headers)) }),
  });
  const toAgent = new StdioServerTransport();
  let beginning: string | number | undefined;

  toAgent.onmessage = (message) => {
    if (isInitializeRequest(message) && isJSONRPCRequest(message)) beginning = message.id;
    toServer.send(message).catch(async (error) => {
      if (isJSONRPCRequest(message)) await toAgent.send(failed(message.id, error));
    });
  };
  toServer.onmessage = (message) => {
    if (isJSONRPCResultResponse(message) && message.id === beginning) {
      const { success, data } = InitializeResultSchema.safeParse(message.result);
      // Every later request states it.
      if (success) toServer.setProtocolVersion(data.protocolVersion);
    }
    void toAgent.send(message);
  };

  const ended = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve);
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve());
  });
  await toServer.start();
  await toAgent.start();
  await ended;
  await toServer.terminateSession().catch(() => {});
  await toServer.close();
  await toAgent.close();
}

/** A refusal of the server as a JSON-RPC error: its code and next step, without details of the case. */
function failed(id: string | number, error: unknown): JSONRPCMessage {
  const { code, title, nextStep } = toProblem(error);
  say(`${title}. ${nextStep}`);
  return {
    jsonrpc: '2.0',
    id,
    error: { code: RpcCode.ConnectionClosed, message: `${title}. ${nextStep}`, data: { code } },
  };
}
