import { choicesOf, inputKindOf } from './commonAttributes.js';
import {
  type ConditionForm,
  newTest,
  readCondition,
  testsFor,
  typedList,
  typedValue,
  withName,
  withTest,
  writeCondition,
} from './conditionForm.js';
import { choiceInWords } from './conditionInWords.js';
import { Problems, problemsAt } from './Field.js';
import type { TextProblem } from './ruleText.js';
import { strings } from './strings.js';
import { TypedInput } from './TypedInput.js';

interface ConditionEditorProps {
  /** As it stands in the rule. */
  readonly condition: unknown;
  /** JSON Pointer of its place. */
  readonly pointer: string;
  /** Its number for people: "2.1"; empty for the outermost. */
  readonly number: string;
  readonly problems: readonly TextProblem[];
  readonly onChange: (condition: unknown) => void;
  /** Undefined if it cannot be taken away. */
  readonly onRemove?: () => void;
}

/** A condition: a group of others, or a row for a test. */
export function ConditionEditor(props: ConditionEditorProps) {
  const form = readCondition(props.condition);
  if (form.kind === 'group') return <Group {...props} form={form} />;
  return (
    <div className="condition" data-pointer={props.pointer}>
      {form.kind === 'test' ? (
        <TestRow {...props} form={form} />
      ) : (
        <p className="fine">{strings.form.otherCondition}</p>
      )}
      <Problems problems={problemsAt(props.problems, props.pointer)} />
    </div>
  );
}

function Group({
  form,
  pointer,
  number,
  problems,
  onChange,
  onRemove,
}: ConditionEditorProps & { form: ConditionForm & { kind: 'group' } }) {
  const text = strings.form;
  const { join, negated, parts } = form;
  const inside = `${pointer}${negated ? '/not' : ''}/${join}`;
  const write = (next: readonly unknown[]): void => onChange(writeCondition({ ...form, parts: next }));
  return (
    <fieldset className="group" aria-label={number === '' ? text.conditions : text.group(number)}>
      <div className="joins">
        <select
          aria-label={text.join}
          value={`${negated ? 'not ' : ''}${join}`}
          onChange={({ target }) =>
            onChange(
              writeCondition({
                ...form,
                negated: target.value.startsWith('not '),
                join: target.value.endsWith('any') ? 'any' : 'all',
              }),
            )
          }
        >
          <option value="all">{text.all}</option>
          <option value="any">{text.any}</option>
          <option value="not any">{text.neither}</option>
          <option value="not all">{text.none}</option>
        </select>
        {onRemove && (
          <button type="button" className="quiet" aria-label={text.removeCondition(number)} onClick={onRemove}>
            {text.remove}
          </button>
        )}
      </div>
      <Problems problems={problems.filter((each) => [pointer, inside].includes(each.pointer))} />
      {parts.map((part, index) => (
        <ConditionEditor
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have nothing else to be known by
          key={index}
          condition={part}
          pointer={`${inside}/${index}`}
          number={`${number === '' ? '' : `${number}.`}${index + 1}`}
          problems={problems}
          onChange={(next) => write(parts.with(index, next))}
          onRemove={() => write(parts.toSpliced(index, 1))}
        />
      ))}
      <div className="adds">
        <button type="button" onClick={() => write([...parts, newTest])}>
          {text.addCondition}
        </button>
        <button type="button" onClick={() => write([...parts, { any: [newTest, newTest] }])}>
          {text.addGroup}
        </button>
      </div>
    </fieldset>
  );
}

function TestRow({
  form,
  pointer,
  number,
  problems,
  onChange,
  onRemove,
}: ConditionEditorProps & { form: ConditionForm & { kind: 'test' } }) {
  const text = strings.form;
  const { name, test, negated } = form;
  const change = (next: ConditionForm): void => onChange(writeCondition(next));
  const offered = testsFor(name);
  return (
    <fieldset className="test" aria-label={text.condition(number)}>
      <button
        type="button"
        className="not"
        aria-pressed={negated}
        title={text.notTitle}
        onClick={() => change({ ...form, negated: !negated })}
      >
        {text.not}
      </button>
      <input
        list="attributes"
        aria-label={text.attribute}
        placeholder={text.attributeHint}
        value={name}
        autoCapitalize="off"
        spellCheck={false}
        aria-invalid={problemsAt(problems, `${pointer}${negated ? '/not' : ''}/attribute`).length > 0}
        onChange={({ target }) => change(withName(form, target.value))}
      />
      <select
        aria-label={text.test}
        value={test}
        onChange={({ target }) => change(withTest(form, target.value as typeof test))}
      >
        {(offered.includes(test) ? offered : [...offered, test]).map((each) => (
          <option key={each} value={each}>
            {text.tests[each]}
          </option>
        ))}
      </select>
      <ValueInput form={form} isWrong={problemsAt(problems, pointer).length > 0} onChange={change} />
      {onRemove && (
        <button type="button" className="quiet" aria-label={text.removeCondition(number)} onClick={onRemove}>
          {text.remove}
        </button>
      )}
    </fieldset>
  );
}

interface ValueInputProps {
  readonly form: ConditionForm & { kind: 'test' };
  readonly isWrong: boolean;
  readonly onChange: (form: ConditionForm) => void;
}

function ValueInput({ form, isWrong, onChange }: ValueInputProps) {
  const text = strings.form;
  const { name, test, value } = form;
  const kind = inputKindOf(name);
  const set = (next: unknown): void => onChange({ ...form, value: next });
  if (test === 'exists' || (kind === 'boolean' && typeof value === 'boolean'))
    return (
      <select aria-label={text.value} value={String(value)} onChange={({ target }) => set(target.value === 'true')}>
        <option value="true">{text.yes}</option>
        <option value="false">{text.no}</option>
      </select>
    );
  if (kind === 'choice' && test === 'equals')
    return (
      <select
        aria-label={text.value}
        aria-invalid={isWrong}
        value={String(value)}
        onChange={({ target }) => set(target.value)}
      >
        {[...new Set(['', ...choicesOf(name), String(value)])].map((choice) => (
          <option key={choice} value={choice}>
            {choiceInWords(name, choice)}
          </option>
        ))}
      </select>
    );
  const read = (typed: string): unknown => typedValue(typed, kind);
  if (test === 'between') {
    const [from = '', to = ''] = Array.isArray(value) ? (value as unknown[]) : [];
    return (
      <span className="range">
        <TypedInput value={from} label={text.from} isWrong={isWrong} read={read} onValue={(next) => set([next, to])} />
        <TypedInput value={to} label={text.to} isWrong={isWrong} read={read} onValue={(next) => set([from, next])} />
      </span>
    );
  }
  if (test === 'oneOf')
    return (
      <TypedInput
        value={value}
        label={text.listValue}
        isWrong={isWrong}
        read={(typed) => typedList(typed, kind)}
        onValue={set}
      />
    );
  // An expression is text whatever the attribute.
  return (
    <TypedInput
      value={value}
      label={text.value}
      isWrong={isWrong}
      read={test === 'matches' ? (typed) => typed : read}
      onValue={set}
    />
  );
}
