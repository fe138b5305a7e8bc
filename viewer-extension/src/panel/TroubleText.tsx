import type { Trouble } from '../api/trouble.js';

/** What went wrong, and what to do now. */
export function TroubleText({ trouble }: { trouble: Trouble }) {
  return (
    <p className="promptseg-trouble" role="alert" data-promptseg="trouble">
      {trouble.sentence} <span className="promptseg-muted">{trouble.nextStep}</span>
    </p>
  );
}
