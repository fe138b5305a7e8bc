import { type ComponentType, useEffect, useState } from 'react';
import { strings } from '../client/strings.js';
import { TroubleText } from './TroubleText.js';

/** A component in a separate file: what few readers open does not slow every page load. */
export class LazyPart<Props extends object> {
  /** There once it was fetched. */
  content: ComponentType<Props> | undefined;

  constructor(private readonly read: () => Promise<ComponentType<Props>>) {}

  async fetch(): Promise<void> {
    this.content ??= await this.read();
  }
}

interface LazyProps<Props extends object> {
  readonly part: LazyPart<Props>;
  readonly props: Props;
}

/** A part that is fetched when first shown: nothing until then, or a retry button if the server does not respond. */
export function Lazy<Props extends object>({ part, props }: LazyProps<Props>) {
  const [state, setState] = useState<'fetching' | 'there' | 'failed'>(part.content ? 'there' : 'fetching');
  useEffect(() => {
    if (state !== 'fetching') return;
    let left = false;
    const update = (now: 'there' | 'failed') => () => {
      if (!left) setState(now);
    };
    part.fetch().then(update('there'), update('failed'));
    return () => {
      left = true;
    };
  }, [part, state]);
  if (part.content !== undefined) return <part.content {...props} />;
  if (state !== 'failed') return null;
  return (
    <>
      <TroubleText trouble={strings.trouble.unreachable} />
      <button type="button" className="promptseg-link" onClick={() => setState('fetching')}>
        {strings.job.retry}
      </button>
    </>
  );
}
