import { useEffect, useState } from 'react';
import type { RuleVersionsView } from '../../../../server/contract/rules.js';
import { formatMoment } from '../../client/format.js';
import type { Trouble } from '../../client/trouble.js';
import { Banner } from '../parts/Banner.js';
import { toTrouble } from '../parts/toTrouble.js';
import { listVersions } from './api.js';
import { Changes } from './Changes.js';
import { ruleChanges } from './ruleChanges.js';
import { strings } from './strings.js';

interface RuleVersionsProps {
  readonly name: string;
  /** Read again with each. */
  readonly version: number;
  readonly onTake?: (rule: object) => void;
}

/** All versions of a rule, newest first, each with what it changed. */
export function RuleVersions({ name, version, onTake }: RuleVersionsProps) {
  const text = strings.versions;
  const [versions, setVersions] = useState<RuleVersionsView['versions']>([]);
  const [trouble, setTrouble] = useState<Trouble>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: again with each version
  useEffect(() => {
    listVersions(name).then(
      (response) => setVersions(response.versions),
      (error: unknown) => setTrouble(toTrouble(error)),
    );
  }, [name, version]);
  const now = new Date();
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">{text.heading}</h2>
      {trouble && <Banner kind="error" sentence={trouble.sentence} nextStep={trouble.nextStep} />}
      <ul className="rows">
        {versions.map((each, index) => {
          const before = versions[index + 1];
          return (
            <li key={each.version} className="row" data-version={each.version}>
              <span className="place" aria-hidden="true">
                {each.version}
              </span>
              <div className="what">
                <p className="state">
                  <strong>{text.number(each.version)}</strong>
                  <span>{text.since(formatMoment(each.since, now))}</span>
                  {each.changedBy && <span>{text.by(each.changedBy.displayName)}</span>}
                  {each.until && <span>{text.until(formatMoment(each.until, now))}</span>}
                  {each.deletedBy && <span>{text.deletedBy(each.deletedBy.displayName)}</span>}
                </p>
                {before ? (
                  <Changes changes={ruleChanges(before.rule, each.rule)} ifNone={text.deletedBefore} />
                ) : (
                  <p>{text.first}</p>
                )}
              </div>
              <div className="actions">
                {onTake && each.version !== version && (
                  <button type="button" aria-label={text.takeOf(each.version)} onClick={() => onTake(each.rule)}>
                    {text.take}
                  </button>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
