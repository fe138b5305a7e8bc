import { strings } from '../../client/strings.js';

interface ConnectionNoticeProps {
  readonly connection: 'connecting' | 'connected' | 'lost' | 'back' | 'restarted';
}

/**
 * Says that the server is down and retried automatically, and that it is back. Nothing is lost, and there is nothing to
 * do.
 */
export function ConnectionNotice({ connection }: ConnectionNoticeProps) {
  const texts = {
    connecting: undefined,
    connected: undefined,
    lost: 'offline',
    back: 'back',
    restarted: 'restarted',
  } as const;
  const what = texts[connection];
  return (
    <div role="status" className="promptseg-connection" data-promptseg="connection" data-state={connection}>
      {what !== undefined && (
        <p className={what === 'offline' ? 'promptseg-notice promptseg-notice-offline' : 'promptseg-notice'}>
          {strings.connection[what]}
          {what === 'offline' && <span className="promptseg-muted"> {strings.connection.nothingLost}</span>}
        </p>
      )}
    </div>
  );
}
