import { laterStrings } from '../../client/laterStrings.js';

/** The keyboard shortcuts of the panel. */
export function KeysHelp({ onClose }: { readonly onClose: () => void }) {
  const { title, keys, close } = laterStrings.keys;
  return (
    <section className="promptseg-card" aria-label={title} data-promptseg="keys">
      <header>
        <h3>{title}</h3>
        <button type="button" className="promptseg-link" onClick={onClose}>
          {close}
        </button>
      </header>
      <dl className="promptseg-keys">
        {keys.map(({ key, does }) => (
          <div key={key} className="promptseg-key">
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
