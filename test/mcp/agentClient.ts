import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type CallToolResult, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

/** What a person says who is asked. */
export type Reply = 'yes' | 'unticked' | 'no';

export interface Agent {
  readonly client: Client;
  /** Questions that a person was asked. */
  readonly asked: string[];
  call(name: string, input?: Record<string, unknown>): Promise<Called>;
}

export interface Called {
  readonly isError: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at fields of any tool
  readonly value: any;
  readonly content: CallToolResult['content'];
}

/** The SDK's own client. @param reply absent: a client that cannot ask anybody */
export async function connectAgent(transport: Transport, reply?: Reply): Promise<Agent> {
  const asked: string[] = [];
  const capabilities = reply === undefined ? {} : { elicitation: { form: {} } };
  const client = new Client({ name: 'test', version: '1' }, { capabilities });
  if (reply !== undefined)
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params.message);
      return reply === 'no' ? { action: 'decline' } : { action: 'accept', content: { yes: reply === 'yes' } };
    });
  await client.connect(transport);
  return {
    client,
    asked,
    async call(name, input = {}) {
      const {
        isError = false,
        structuredContent,
        content,
      } = (await client.callTool({
        name,
        arguments: input,
      })) as CallToolResult;
      return { isError, value: structuredContent, content };
    },
  };
}

/** Over HTTP. @param hear gets the body of each response to a message */
export function overHttp(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  hear: (text: string) => void = () => {},
): Transport {
  const transport = new StreamableHTTPClientTransport(new URL('/mcp', url), {
    requestInit: { headers },
    async fetch(address, init) {
      const response = await fetch(address, init);
      if (init?.method === 'POST')
        void response
          .clone()
          .text()
          .then(hear, () => {});
      return response;
    },
  });
  return transport as Transport;
}
