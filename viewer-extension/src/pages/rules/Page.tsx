import { useState } from 'react';
import type { RuleView } from '../../../../server/contract/rules.js';
import { pageStrings } from '../../client/pageStrings.js';
import { useRights } from '../../client/rights.js';
import { Banner } from '../parts/Banner.js';
import { MayOnlyView } from '../parts/MayOnlyView.js';
import { PageTop } from '../parts/PageTop.js';
import { Question } from '../parts/Question.js';
import type { View } from './address.js';
import { cancelBackfill, deleteRule, release, startBackfill } from './api.js';
import { Backfills } from './Backfills.js';
import { blankRule } from './exampleRule.js';
import { Feed } from './Feed.js';
import { Parked } from './Parked.js';
import { RuleEditorView } from './RuleEditorView.js';
import { RuleList } from './RuleList.js';
import { RulePage } from './RulePage.js';
import type { RoutingActions } from './routingActions.js';
import type { RuleDraft } from './ruleText.js';
import { strings } from './strings.js';
import { useActions } from './useActions.js';
import { type RoutingNow, useRules } from './useRules.js';
import { useView } from './useView.js';

/** The page `/rules`. */
export function Page() {
  const live = useRules();
  const navigation = useView();
  const mayChange = useRights().may('rules:write');
  // An address may name what the account is not offered.
  const view: View = navigation.view.kind === 'new' && !mayChange ? { kind: 'list' } : navigation.view;
  const actions = useActions(live.refresh);
  const { outcome } = actions;
  const [started, setStarted] = useState<{ readonly draft: RuleDraft; readonly count: number }>({
    draft: blankRule,
    count: 0,
  });
  const [toDelete, setToDelete] = useState<RuleView>();

  const dismiss = (): void => {
    actions.dismiss();
    live.dismiss();
  };
  const begin = (draft: RuleDraft): void => {
    setStarted(({ count }) => ({ draft, count: count + 1 }));
    navigation.go({ kind: 'new' });
  };
  const routing: RoutingActions = {
    async onSave(rule, etag) {
      const saved = await actions.save(rule, etag, ({ rule: { name }, version }) =>
        etag === undefined ? strings.editor.created(name) : strings.editor.saved(name, version),
      );
      if (saved && etag === undefined) {
        navigation.hold(false);
        navigation.go({ kind: 'rule', name: saved.rule.name });
      }
      return saved;
    },
    onDelete: setToDelete,
    onTemplate: begin,
    onRelease: (series) =>
      void actions.act(
        () => release(series),
        () => strings.history.released,
      ),
    async onStart(request) {
      await actions.act(
        () => startBackfill(request),
        () => strings.backfill.started,
      );
    },
    onCancel: ({ id }) =>
      void actions.act(
        () => cancelBackfill(id),
        () => strings.backfill.cancelled,
      ),
    onHold: navigation.hold,
    onBack: () => navigation.go({ kind: 'list' }),
  };
  // The page of a rule says itself what somebody else has changed.
  const isShownThere = view.kind === 'rule' && outcome?.kind === 'failed' && outcome.code === 'rule-changed';
  const trouble = outcome?.kind === 'failed' && !isShownThere ? outcome.trouble : live.trouble;
  const leaving = view.kind === 'rule' ? view.name : strings.questions.unnamed;

  return (
    <>
      <PageTop title={strings.title} connection={live.connection} />
      <main className="width">
        {live.connection === 'lost' && <Banner kind="warning" sentence={pageStrings.connection.lostSentence} />}
        {live.restarted && live.connection === 'live' && (
          <Banner kind="notice" sentence={strings.restarted} onDismiss={dismiss} />
        )}
        {trouble && <Banner kind="error" sentence={trouble.sentence} nextStep={trouble.nextStep} onDismiss={dismiss} />}
        {outcome?.kind === 'done' && <Banner kind="notice" sentence={outcome.sentence} onDismiss={dismiss} />}
        <MayOnlyView needs="rules:write" />
        {live.now === undefined && <p className="empty">{pageStrings.loading}</p>}
        {live.now && view.kind === 'list' && (
          <>
            <RuleList
              now={live.now}
              onGo={navigation.go}
              onNew={begin}
              onBlank={() => begin(blankRule)}
              onSwitch={({ rule, etag }) => {
                const enabled = !rule.enabled;
                void actions.save({ ...rule, enabled }, etag, () => strings.editor.switched(rule.name, enabled));
              }}
            />
            <Feed feed={live.now.feed} />
            <Parked parked={live.now.parked} onRelease={routing.onRelease} />
            {live.now.rules.rules.length > 0 && (
              <Backfills
                backfills={live.now.backfills}
                rules={enabledRules(live.now)}
                mayBeAll
                onStart={routing.onStart}
                onCancel={routing.onCancel}
              />
            )}
          </>
        )}
        {live.now && view.kind === 'new' && (
          <RuleEditorView
            key={`new ${started.count}`}
            {...routing}
            live={live}
            first={undefined}
            draft={started.draft}
            latest={undefined}
            taken={undefined}
          />
        )}
        {live.now && view.kind === 'rule' && (
          <RulePage key={view.name} {...routing} live={live} now={live.now} name={view.name} />
        )}
      </main>
      <footer className="width">{pageStrings.researchOnly}</footer>
      <Question
        {...strings.questions.leave}
        isAsked={navigation.asked !== undefined}
        onDecision={(yes) => navigation.decide(yes)}
      >
        <p>{strings.questions.leave.text(leaving)}</p>
      </Question>
      <Question
        {...strings.questions.wide}
        isAsked={actions.wide !== undefined}
        onDecision={(yes) => actions.wide?.decide(yes)}
      >
        <p lang="en">{actions.wide?.reason}</p>
        <p>{strings.questions.wide.text}</p>
      </Question>
      <Question
        {...strings.questions.delete}
        isAsked={toDelete !== undefined}
        onDecision={async (yes) => {
          setToDelete(undefined);
          if (!yes || toDelete === undefined) return;
          const { etag, rule } = toDelete;
          navigation.hold(false);
          const isDeleted = await actions.act(
            () => deleteRule(rule.name, etag).then(() => true),
            () => strings.editor.deleted(rule.name),
          );
          if (isDeleted) navigation.go({ kind: 'list' });
        }}
      >
        <p>{toDelete && strings.questions.delete.text(toDelete.rule.name)}</p>
      </Question>
    </>
  );
}

const enabledRules = ({ rules: { rules } }: RoutingNow): readonly string[] =>
  rules.flatMap(({ rule }) => (rule.enabled ? [rule.name] : []));
