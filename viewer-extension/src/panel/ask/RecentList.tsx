import { strings } from '../../client/strings.js';

export interface RecentListProps {
  readonly recent: readonly (readonly string[])[];
  readonly modality: string;
  readonly onUse: (prompts: readonly string[]) => void;
  readonly onForget: () => void;
}

/** What was asked of such series in this browser, newest first. */
export function RecentList({ recent, modality, onUse, onForget }: RecentListProps) {
  if (recent.length === 0) return <p className="promptseg-fine">{strings.recent.none(modality)}</p>;
  return (
    <>
      <ul className="promptseg-rows">
        {recent.map((prompts) => (
          <li key={JSON.stringify(prompts)}>
            <button
              type="button"
              className="promptseg-row"
              title={prompts.join('\n')}
              aria-label={strings.recent.use(prompts.join(', '))}
              onClick={() => onUse(prompts)}
              data-promptseg="recent"
            >
              <span className="promptseg-ellipsis">{prompts.join(', ')}</span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="promptseg-link" onClick={onForget}>
        {strings.recent.forget}
      </button>
    </>
  );
}
