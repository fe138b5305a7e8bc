import type { PromptableView } from '../../../../server/contract/models.js';
import { strings } from './strings.js';

/** A model that takes boxes or clicks: what it reads and is for. */
export function BoxModelCard({ model }: { readonly model: PromptableView }) {
  const { id, name, version, modalities, intendedUse, licence, takes } = model;
  const facts: readonly (readonly [string, string])[] = [
    [strings.facts.images, modalities.join(', ')],
    [strings.boxes.asked, takes === 'boxes' ? strings.boxes.byBox : strings.boxes.byClick],
    [strings.facts.licence, licence],
  ];
  return (
    <article className="model" id={id} aria-labelledby={`${id}-name`} data-promptseg="box-model">
      <h2 id={`${id}-name`}>
        {name} <span className="version">{version}</span>
      </h2>
      <p lang="en">{intendedUse}</p>
      <dl className="facts">
        {facts.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p>
        <a href={`/help/use/${takes}`}>{strings.boxes.how[takes]}</a>
      </p>
    </article>
  );
}
