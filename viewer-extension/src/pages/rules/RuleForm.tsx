import type { FocusEvent } from 'react';
import { derivedNames } from '../../../../server/contract/derivedAttributes.js';
import type { DestinationsView } from '../../../../server/contract/destinations.js';
import type { ModelsView } from '../../../../server/contract/models.js';
import { ConditionEditor } from './ConditionEditor.js';
import { commonAttributes } from './commonAttributes.js';
import { newTest, readCondition } from './conditionForm.js';
import { DeliveryFields } from './DeliveryFields.js';
import { Field, problemsAt } from './Field.js';
import { type FormProps, textOf } from './formParts.js';
import { PromptsField } from './PromptsField.js';
import { strings } from './strings.js';
import { TimingFields } from './TimingFields.js';

interface RuleFormProps extends FormProps {
  readonly models: ModelsView['models'];
  readonly destinations: DestinationsView['destinations'];
  /** A rule that exists has its name for ever. */
  readonly isNew: boolean;
  readonly isReadOnly: boolean;
  /** The focus has left these members. */
  readonly onLeave: (members: readonly string[]) => void;
}

/** All that a rule says, to be filled in. */
export function RuleForm({
  draft,
  problems,
  models,
  destinations,
  isNew,
  isReadOnly,
  onMember,
  onLeave,
}: RuleFormProps) {
  const text = strings.form;
  const parts = { draft, problems, onMember };
  const prompts = Array.isArray(draft.prompts) ? draft.prompts.map(String) : [];
  const model = typeof draft.model === 'string' ? draft.model : '';
  const match = draft.match ?? { all: [] };
  const isGroup = readCondition(match).kind === 'group';
  const leave = ({ target, relatedTarget }: FocusEvent): void => {
    const card = target.closest<HTMLElement>('[data-member]');
    if (card?.dataset.member !== undefined && !card.contains(relatedTarget)) onLeave([card.dataset.member]);
  };
  return (
    <form className="form" aria-label={text.label} onBlur={leave} onSubmit={(event) => event.preventDefault()}>
      <datalist id="attributes">
        {[...derivedNames, ...Object.keys(commonAttributes)].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <fieldset className="plain" disabled={isReadOnly}>
        <div className="card" data-member="name">
          <div className="pair">
            <Field label={text.name} hint={isNew ? text.nameHint : ''} problems={problemsAt(problems, '/name')}>
              {(tie) => (
                <input
                  {...tie}
                  value={textOf(draft.name)}
                  readOnly={!isNew}
                  onChange={({ target }) => onMember('name', target.value)}
                />
              )}
            </Field>
            <label className="check">
              <input
                type="checkbox"
                checked={draft.enabled !== false}
                onChange={({ target }) => onMember('enabled', target.checked ? undefined : false)}
              />
              {text.enabled}
            </label>
          </div>
          <Field label={text.description} problems={problemsAt(problems, '/description')}>
            {(tie) => (
              <input
                {...tie}
                value={textOf(draft.description)}
                onChange={({ target }) => onMember('description', target.value || undefined)}
              />
            )}
          </Field>
        </div>

        <div className="card" data-member="match">
          <h3>{text.conditions}</h3>
          <ConditionEditor
            condition={match}
            pointer="/match"
            number={isGroup ? '' : '1'}
            problems={problems}
            onChange={(next) => onMember('match', next)}
          />
          {!isGroup && (
            <div className="adds">
              <button type="button" onClick={() => onMember('match', { all: [match, newTest] })}>
                {text.addCondition}
              </button>
            </div>
          )}
          {draft.everySeries === true && (
            <label className="check">
              <input type="checkbox" checked onChange={() => onMember('everySeries', undefined)} />
              {text.everySeries}
            </label>
          )}
        </div>

        <div className="card" data-member="prompts">
          <PromptsField
            prompts={prompts}
            models={models.filter(({ id }) => model === '' || id === model)}
            problems={problems}
            onPrompts={(next) => onMember('prompts', next)}
          />
          <Field label={text.model} problems={problemsAt(problems, '/model')}>
            {(tie) => (
              <select
                {...tie}
                value={model}
                onChange={({ target }) => onMember('model', target.value === '' ? undefined : target.value)}
              >
                <option value="">{text.automatic}</option>
                {[...new Set([...models.map(({ id }) => id), ...(model === '' ? [] : [model])])].map((id) => (
                  <option key={id}>{id}</option>
                ))}
              </select>
            )}
          </Field>
        </div>

        <DeliveryFields {...parts} destinations={destinations} />
        <TimingFields {...parts} />
      </fieldset>
    </form>
  );
}
