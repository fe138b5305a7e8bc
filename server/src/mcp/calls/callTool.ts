import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Request } from 'express';
import { recordAudit } from '../../database/auditTrail.js';
import { principalOf } from '../../http/principalOf.js';
import { parseInput } from '../../http/problems.js';
import { PromptsegError, toProblem } from '../../platform/errors.js';
import { log } from '../../platform/log.js';
import { actorOf } from '../../values/principal.js';
import { redact } from '../shown/redact.js';
import { viewProblem } from '../shown/views.js';
import { requireScopes } from './requireScopes.js';
import type { AgentParts, Call, Tool } from './tool.js';

export interface CalledTool {
  readonly value: Record<string, unknown>;
  readonly png?: Uint8Array;
  readonly isError: boolean;
}

/** A called tool as the protocol returns it. */
export const resultOf = ({ value, png, isError }: CalledTool): CallToolResult => ({
  content: [
    { type: 'text', text: JSON.stringify(value) },
    ...(png === undefined
      ? []
      : [{ type: 'image' as const, data: Buffer.from(png).toString('base64'), mimeType: 'image/png' }]),
  ],
  structuredContent: value,
  ...(isError && { isError }),
});

/**
 * Calls a tool, with everything around it: rights, input, audit trail, redaction. An error is returned as its code with
 * the texts of the error table, never with its own message. If the call cannot be recorded, nothing is returned.
 */
export async function callTool(
  { jobs: { database } }: Pick<AgentParts, 'jobs'>,
  tool: Tool | undefined,
  input: unknown,
  call: Call,
  refused: (error: PromptsegError, request: Request) => void,
): Promise<CalledTool> {
  const { request } = call;
  const record = (reason?: string): Promise<void> =>
    recordAudit(database, {
      kind: 'tool-called',
      actor: actorOf(principalOf(request)),
      ...(request.ip !== undefined && { address: request.ip }),
      outcome: reason === undefined ? 'success' : 'minor-failure',
      ...(reason !== undefined && { reason }),
      // An unknown name could be any text.
      things: [{ type: 'request', id: `POST /mcp ${tool?.name ?? 'unknown tool'}` }],
    });
  try {
    if (tool === undefined) throw new PromptsegError('not-found', 'There is no such tool.');
    requireScopes(request, tool.scopes);
    const { value, png } = await tool.run(parseInput(tool.input, input ?? {}), call);
    await record();
    return { value: redact(value) as Record<string, unknown>, ...(png !== undefined && { png }), isError: false };
  } catch (error) {
    if (!(error instanceof PromptsegError)) log.error({ err: error }, 'a tool failed unexpectedly');
    else if (error.code === 'not-permitted') refused(error, request);
    const { code, details } = toProblem(error);
    await record(code);
    // Faults of fields quote only the caller's own input.
    const fields = code === 'request-invalid' && 'fields' in details ? { fields: details.fields } : {};
    return { value: redact({ ...viewProblem(code), ...fields }) as Record<string, unknown>, isError: true };
  }
}
