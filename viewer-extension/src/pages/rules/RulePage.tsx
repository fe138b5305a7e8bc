import { useState } from 'react';
import { useRights } from '../../client/rights.js';
import { Banner } from '../parts/Banner.js';
import { Backfills } from './Backfills.js';
import { RuleEditorView } from './RuleEditorView.js';
import { RuleHistory } from './RuleHistory.js';
import { RuleVersions } from './RuleVersions.js';
import type { RoutingActions } from './routingActions.js';
import { withoutUsual } from './ruleText.js';
import { strings } from './strings.js';
import type { LiveRules, RoutingNow } from './useRules.js';

interface RulePageProps extends RoutingActions {
  readonly live: LiveRules;
  readonly now: RoutingNow;
  readonly name: string;
}

/** A rule that exists: to be changed, tried, and looked after. */
export function RulePage(props: RulePageProps) {
  const { live, now, name, onRelease, onStart, onCancel, onBack } = props;
  const latest = now.rules.rules.find(({ rule }) => rule.name === name);
  const mayChange = useRights().may('rules:write');
  const [opened, setOpened] = useState(latest);
  const [taken, setTaken] = useState<{ readonly rule: object }>();
  if (opened === undefined && latest !== undefined) setOpened(latest);
  if (opened === undefined)
    return (
      <>
        <Banner kind="warning" sentence={strings.editor.gone(name)} />
        <button type="button" className="quiet" onClick={onBack}>
          ← {strings.editor.back}
        </button>
      </>
    );
  return (
    <>
      <RuleEditorView {...props} first={opened} draft={withoutUsual(opened.rule)} latest={latest} taken={taken} />
      <RuleHistory name={name} counts={now.counts[name]} reading={live.reading} onRelease={onRelease} />
      <Backfills
        backfills={now.backfills.filter(({ rules }) => rules === undefined || rules.includes(name))}
        rules={latest?.rule.enabled ? [name] : []}
        mayBeAll={false}
        onStart={onStart}
        onCancel={onCancel}
      />
      <RuleVersions
        name={name}
        version={latest?.version ?? 0}
        {...(latest?.readOnly === false &&
          mayChange && {
            onTake: (rule: object) => {
              setTaken({ rule });
              scrollTo(0, 0);
            },
          })}
      />
    </>
  );
}
