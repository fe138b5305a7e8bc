import { formatBytes } from '../../../../server/contract/byteSize.js';
import { formatSeconds } from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';
import { language } from '../../client/strings/language.js';
import { DiceBars } from './DiceBars.js';
import { strings } from './strings.js';
import type { ModelWithStructures } from './useModels.js';

/** One model: purpose, requirements, structures and measured accuracy. */
export function ModelCard({ model }: { readonly model: ModelWithStructures }) {
  const { id, name, version, modalities, intendedUse, licence, source, graphBytes, usualSeconds, regions, dice } =
    model;
  const facts: readonly (readonly [string, string])[] = [
    [strings.facts.images, modalities.join(', ')],
    [strings.facts.structures, String(model.numberOfTargets)],
    [
      strings.facts.memory,
      graphBytes === undefined ? strings.facts.byImage : strings.facts.andImage(formatBytes(graphBytes, language)),
    ],
    [strings.facts.time, usualSeconds === undefined ? strings.facts.noTime : formatSeconds(usualSeconds)],
    [strings.facts.licence, licence],
    [strings.facts.freeText, model.readsFreeText ? strings.yes : strings.no],
  ];
  return (
    <article className="model" id={id} aria-labelledby={`${id}-name`} data-promptseg="model">
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
      <section aria-label={strings.quality}>
        <h3>{strings.quality}</h3>
        {dice.length === 0 && <p className="quiet">{strings.notMeasured}</p>}
        {dice.map((measured) => (
          <DiceBars key={measured.dataset} measured={measured} />
        ))}
      </section>
      <section aria-label={strings.structures}>
        <h3>{strings.structures}</h3>
        {regions.map(({ region, structures }) => (
          <details key={region}>
            <summary>
              {laterStrings.browse.regions[region]} <span className="quiet">{structures.length}</span>
            </summary>
            <ul className="names">
              {structures.map((structure) => (
                <li key={structure.name}>
                  {structure.name}
                  {structure.targets.length > 1 && <span className="quiet"> {strings.sides}</span>}
                </li>
              ))}
            </ul>
          </details>
        ))}
      </section>
      <details>
        <summary>{strings.card}</summary>
        <p className="quiet" lang="en">
          {source}
        </p>
        <pre className="card" lang="en">
          {model.card}
        </pre>
      </details>
    </article>
  );
}
