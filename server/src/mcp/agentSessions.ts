import type { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { PromptsegError } from '../platform/errors.js';

/** The open sessions of agents. */
export interface AgentSessions {
  /**
   * Makes room for one more session of a client by ending the client's longest idle one.
   * @throws PromptsegError `too-many-agents`
   */
  requireRoom(owner: string): void;
  add(id: string, owner: string, transport: StreamableHTTPServerTransport): void;
  has(id: string): boolean;
  /** @throws PromptsegError `agent-session-over` if there is no such session, or it is somebody else's */
  of(id: string | undefined, owner: string): StreamableHTTPServerTransport;
  /** Counts a request of the session until the returned function is called. */
  use(transport: StreamableHTTPServerTransport): () => void;
  /** Forgets a session. Its transport is closed by the request that ends it. */
  end(id: string): void;
}

/** Each takes about 50 kB. */
const most = { perClient: 20, inAll: 500 } as const;
/** A session without a request or an open stream ends after this time. */
const idleMs = 30 * 60_000;

interface Session {
  readonly owner: string;
  readonly transport: StreamableHTTPServerTransport;
  open: number;
  timer: NodeJS.Timeout | undefined;
}

export function createAgentSessions(): AgentSessions {
  /** In the order of their last use. */
  const sessions = new Map<string, Session>();

  function end(id: string): Session | undefined {
    const session = sessions.get(id);
    clearTimeout(session?.timer);
    sessions.delete(id);
    return session;
  }
  const close = (id: string): void => void end(id)?.transport.close();

  return {
    requireRoom(owner) {
      const own = [...sessions].filter(([, session]) => session.owner === owner);
      if (own.length < most.perClient && sessions.size < most.inAll) return;
      const resting = own.find(([, { open }]) => open === 0);
      if (resting !== undefined) return close(resting[0]);
      throw new PromptsegError('too-many-agents', `You have ${own.length} sessions of agents open.`);
    },
    add(id, owner, transport) {
      sessions.set(id, { owner, transport, open: 0, timer: undefined });
    },
    has: (id) => sessions.has(id),
    of(id, owner) {
      const session = id === undefined ? undefined : sessions.get(id);
      if (session !== undefined && session.owner === owner) return session.transport;
      throw new PromptsegError('agent-session-over', 'There is no such session of an agent.');
    },
    use(transport) {
      const [id = '', session] = [...sessions].find(([, each]) => each.transport === transport) ?? [];
      if (session === undefined) return () => {};
      sessions.delete(id);
      sessions.set(id, session);
      session.open++;
      clearTimeout(session.timer);
      return () => {
        session.open--;
        if (session.open === 0 && sessions.get(id) === session)
          session.timer = setTimeout(() => close(id), idleMs).unref();
      };
    },
    end,
  };
}
