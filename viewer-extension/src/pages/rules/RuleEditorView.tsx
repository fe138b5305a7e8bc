import { useEffect, useRef, useState } from 'react';
import type { RuleView } from '../../../../server/contract/rules.js';
import { formatMoment } from '../../client/format.js';
import { useRights } from '../../client/rights.js';
import { Banner } from '../parts/Banner.js';
import { Changes } from './Changes.js';
import { modalityOf } from './conditionForm.js';
import { DryRun } from './DryRun.js';
import { RecentMatches } from './RecentMatches.js';
import { RuleForm } from './RuleForm.js';
import type { RoutingActions } from './routingActions.js';
import { ruleChanges } from './ruleChanges.js';
import { type RuleDraft, withMember, withoutUsual } from './ruleText.js';
import { strings } from './strings.js';
import { TextEditor } from './TextEditor.js';
import { type RecentFilter, useRecentMatches } from './useRecentMatches.js';
import { useRuleEditor } from './useRuleEditor.js';
import type { LiveRules } from './useRules.js';

interface RuleEditorViewProps extends Pick<RoutingActions, 'onHold' | 'onBack' | 'onSave' | 'onDelete' | 'onTemplate'> {
  readonly live: LiveRules;
  /** Undefined for a new rule. */
  readonly first: RuleView | undefined;
  readonly draft: RuleDraft;
  /** As the server has it now; undefined if there is none. */
  readonly latest: RuleView | undefined;
  /** An earlier version to be taken over. */
  readonly taken: { readonly rule: object } | undefined;
}

/** One rule: to be written, and tried while it is written. */
export function RuleEditorView({
  live,
  first,
  draft: firstDraft,
  latest,
  taken,
  onHold,
  onBack,
  onSave,
  onDelete,
  onTemplate,
}: RuleEditorViewProps) {
  const text = strings.editor;
  const editor = useRuleEditor(first, firstDraft, live.connection === 'live');
  const { base, draft, problems, shownProblems = [], toFillIn, isChanged, rule } = editor;
  const isNew = base === undefined;
  const mayChange = useRights().may('rules:write');
  const isReadOnly = base?.readOnly === true || !mayChange;
  const [saving, setSaving] = useState(false);
  const [study, setStudy] = useState('');
  const dryRun = useRef<HTMLElement>(null);
  // Who may not change rules may try those that are saved.
  const saved = mayChange ? undefined : base?.rule.name;
  const [chosenFilter, setFilter] = useState<Partial<RecentFilter>>({});
  const filter = { modality: modalityOf(draft.match), description: '', ...chosenFilter };
  const recent = useRecentMatches(rule, saved, filter, live.connection === 'live');

  useEffect(() => onHold(isChanged && !isReadOnly), [isChanged, isReadOnly, onHold]);
  useEffect(() => () => onHold(false), [onHold]);

  const theirs = base && latest && latest.version > base.version ? latest : undefined;
  const { begin, setDraft } = editor;
  // biome-ignore lint/correctness/useExhaustiveDependencies: nothing of one's own is lost only while nothing is changed
  useEffect(() => {
    if (theirs && !isChanged) begin(theirs, withoutUsual(theirs.rule));
  }, [theirs?.etag, isChanged]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once per taking
  useEffect(() => {
    if (taken) setDraft(withoutUsual(taken.rule));
  }, [taken]);

  const save = async (): Promise<void> => {
    if (rule === undefined) return editor.leave('all');
    if (saving || !(isChanged || isNew)) return;
    setSaving(true);
    const saved = await onSave(draft, base?.etag);
    setSaving(false);
    if (saved) begin(saved, withoutUsual(saved.rule));
  };
  const isGone = base !== undefined && latest === undefined;
  const name = base?.rule.name;
  return (
    <>
      <div className="editor-top">
        <button type="button" className="quiet" onClick={onBack}>
          ← {text.back}
        </button>
        <div className="heading">
          <h2>{name ?? text.newTitle}</h2>
          {base && <span className="fine">{text.version(base.version, formatMoment(base.since, new Date()))}</span>}
          {base?.readOnly && <span className="chip">{strings.list.ofFile}</span>}
          {isChanged && !isReadOnly && <span className="chip">{text.unsaved}</span>}
          <div className="actions">
            {base && mayChange && (
              <button type="button" onClick={() => onTemplate(withMember(draft, 'name', ''))}>
                {text.duplicate}
              </button>
            )}
            {base && !isReadOnly && (
              <button type="button" onClick={() => onDelete(base)}>
                {text.delete}
              </button>
            )}
            {base && isChanged && !isReadOnly && (
              <button type="button" onClick={() => begin(base, withoutUsual(base.rule))}>
                {text.discard}
              </button>
            )}
            {!isReadOnly && (
              <button
                type="button"
                className="primary"
                aria-disabled={rule === undefined || saving || !(isChanged || isNew)}
                onClick={() => void save()}
              >
                {saving ? text.saving : isNew ? text.create : text.save}
              </button>
            )}
          </div>
        </div>
        {base?.readOnly && <Banner kind="notice" sentence={text.readOnly} />}
        {theirs && isChanged && (
          <div className="banner" data-kind="warning" role="alert">
            <div>
              <p>{text.conflict(theirs.version)}</p>
              <Changes changes={ruleChanges(base?.rule ?? {}, theirs.rule)} ifNone={text.nothingChanged} />
            </div>
            <div className="actions">
              <button type="button" onClick={() => begin(theirs, withoutUsual(theirs.rule))}>
                {text.theirs}
              </button>
              <button type="button" onClick={() => editor.rebase(theirs)}>
                {text.mine}
              </button>
            </div>
          </div>
        )}
        {isGone && (
          <div className="banner" data-kind="warning" role="alert">
            <p>{text.gone(name ?? '')}</p>
            <button type="button" onClick={() => editor.rebase(undefined)}>
              {text.keepDraft}
            </button>
          </div>
        )}
        {!isReadOnly && toFillIn.length > 0 && (
          <p className="fine">
            {text.toFillIn(toFillIn.map((member) => strings.members[member] ?? member).join(', '))}
          </p>
        )}
        {!isReadOnly && shownProblems.length > 0 && <p className="fine">{text.problems(shownProblems.length)}</p>}
      </div>
      <div className="editor">
        <div>
          {!editor.isReadable && <Banner kind="warning" sentence={strings.form.unreadable} />}
          <RuleForm
            draft={draft}
            problems={shownProblems}
            models={live.models}
            destinations={live.destinations}
            isNew={isNew}
            isReadOnly={isReadOnly || !editor.isReadable}
            onMember={editor.setMember}
            onLeave={editor.leave}
          />
        </div>
        <div className="beside">
          <TextEditor editor={editor} isReadOnly={isReadOnly} />
          <RecentMatches
            recent={recent}
            filter={filter}
            modalities={live.models.flatMap(({ modalities }) => modalities)}
            isCurrent={rule !== undefined || problems === undefined}
            onFilter={(change) => setFilter((before) => ({ ...before, ...change }))}
            onTry={(studyInstanceUID) => {
              setStudy(studyInstanceUID);
              dryRun.current?.scrollIntoView({ block: 'start' });
            }}
          />
        </div>
      </div>
      <DryRun
        rule={rule}
        saved={saved}
        recent={recent.response?.series ?? []}
        study={study}
        section={dryRun}
        onStudy={setStudy}
      />
    </>
  );
}
