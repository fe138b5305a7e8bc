import type { Trouble } from '../client/trouble.js';

/** What went wrong, what to do now, and the code to name to support. */
export function TroubleText({ trouble }: { trouble: Trouble }) {
  return (
    <p className="promptseg-trouble" role="alert" data-promptseg="trouble">
      {trouble.sentence} <span className="promptseg-muted">{trouble.nextStep}</span>{' '}
      {trouble.code && <code className="promptseg-fine">{trouble.code}</code>}
    </p>
  );
}
