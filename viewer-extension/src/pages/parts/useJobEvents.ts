import { useEffect, useRef, useState } from 'react';
import type { Job } from '../../../../server/contract/job.js';
import { follow } from '../../client/events.js';

export type Connection = 'connecting' | 'live' | 'lost';

export interface JobEvents {
  readonly connection: Connection;
  /** True after the server was started again, while the page was open. */
  readonly restarted: boolean;
  dismissRestart(): void;
}

/** Follows every change of every job while the page is open. @param onJob the same function at every drawing */
export function useJobEvents(onJob: (job: Job) => void): JobEvents {
  const [connection, setConnection] = useState<Connection>('connecting');
  const [restarted, setRestarted] = useState(false);
  const serverStarted = useRef<string>();
  useEffect(() => {
    const left = new AbortController();
    follow('/api/v1/segmentations/events', {
      signal: left.signal,
      headers: () => ({}),
      onJob,
      onConnected: (startedAt) => {
        if (serverStarted.current !== undefined && serverStarted.current !== startedAt) setRestarted(true);
        serverStarted.current = startedAt;
        setConnection('live');
      },
      onLost: () => setConnection('lost'),
    }).catch(() => setConnection('lost'));
    return () => left.abort();
  }, [onJob]);
  return { connection, restarted, dismissRestart: () => setRestarted(false) };
}
