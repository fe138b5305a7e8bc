import type { RuleView } from '../../../../server/contract/rules.js';
import { useRights } from '../../client/rights.js';
import { Banner } from '../parts/Banner.js';
import type { View } from './address.js';
import type { CountsView } from './api.js';
import { Counts } from './Counts.js';
import { conditionInWords } from './conditionInWords.js';
import { EmptyRules } from './EmptyRules.js';
import type { RuleDraft } from './ruleText.js';
import { strings } from './strings.js';
import type { RoutingNow } from './useRules.js';

interface RuleListProps {
  readonly now: RoutingNow;
  readonly onGo: (view: View) => void;
  readonly onNew: (draft: RuleDraft) => void;
  readonly onSwitch: (rule: RuleView) => void;
  readonly onBlank: () => void;
}

/** All rules, in the order in which they are applied. */
export function RuleList({ now, onGo, onNew, onSwitch, onBlank }: RuleListProps) {
  const text = strings.list;
  const { rules, ruleFile } = now.rules;
  const mayChange = useRights().may('rules:write');
  return (
    <section aria-labelledby="rules">
      <div className="heading">
        <h2 id="rules">{text.heading}</h2>
        {rules.length > 0 && mayChange && (
          <button type="button" className="primary" onClick={onBlank}>
            {text.create}
          </button>
        )}
      </div>
      {ruleFile?.state === 'refused' && (
        <Banner
          kind="error"
          sentence={`${strings.file.refused(ruleFile.file)} ${ruleFile.problem?.detail ?? ''}`}
          nextStep={ruleFile.problem?.nextStep ?? ''}
        />
      )}
      {ruleFile?.state === 'valid' && <p className="fine">{strings.file.valid(ruleFile.file)}</p>}
      {rules.length === 0 && <EmptyRules onNew={onNew} onBlank={onBlank} />}
      {rules.length > 0 && (
        <>
          <p className="fine intro">{text.intro}</p>
          <ol className="rows">
            {rules.map((rule, index) => (
              <RuleRow
                key={rule.rule.name}
                view={rule}
                place={index + 1}
                counts={now.counts[rule.rule.name]}
                onOpen={() => onGo({ kind: 'rule', name: rule.rule.name })}
                onSwitch={() => onSwitch(rule)}
              />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

const destinationInWords = (name: string): string => (name === 'source' ? strings.form.destinationKinds.source : name);

interface RuleRowProps {
  readonly view: RuleView;
  readonly place: number;
  readonly counts: CountsView['rules'][string] | undefined;
  readonly onOpen: () => void;
  readonly onSwitch: () => void;
}

function RuleRow({ view, place, counts, onOpen, onSwitch }: RuleRowProps) {
  const text = strings.list;
  const { rule, readOnly, advice } = view;
  const mayChange = useRights().may('rules:write');
  return (
    <li className="row rule" data-rule={rule.name} data-enabled={rule.enabled}>
      <span className="place" aria-hidden="true">
        {place}
      </span>
      <div className="what">
        <h3>
          <button type="button" className="quiet" aria-label={text.openOf(rule.name)} onClick={onOpen}>
            {rule.name}
          </button>
          {readOnly && (
            <span className="chip" title={text.ofFileTitle}>
              {text.ofFile}
            </span>
          )}
          {rule.afterMatch === 'stop' && (
            <span className="chip" title={text.stopsTitle}>
              {text.stops}
            </span>
          )}
        </h3>
        {rule.description && <p>{rule.description}</p>}
        <dl className="says">
          <dt>{text.when}</dt>
          <dd>{conditionInWords(rule.match)}</dd>
          <dt>{text.gets}</dt>
          <dd>{rule.prompts.join(', ')}</dd>
          <dt>{text.sends}</dt>
          <dd>
            {rule.destinations.map(destinationInWords).join(', ')}
            {rule.holdUntilAccepted && ` (${text.held})`}
          </dd>
        </dl>
        {advice.map((sentence) => (
          <p key={sentence} className="advice" lang="en">
            {sentence}
          </p>
        ))}
        <Counts counts={counts} />
      </div>
      <div className="actions">
        <label className="switch">
          <input
            type="checkbox"
            role="switch"
            aria-label={text.enabledOf(rule.name)}
            checked={rule.enabled}
            aria-checked={rule.enabled}
            disabled={readOnly || !mayChange}
            onChange={onSwitch}
          />
          <span aria-hidden="true">{text.enabled}</span>
        </label>
      </div>
    </li>
  );
}
