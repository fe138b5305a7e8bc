import { Choices } from './Choices.js';
import { membersOf } from './conditionForm.js';
import { Field, Problems, problemsAt } from './Field.js';
import { type FormProps, textOf } from './formParts.js';
import { strings } from './strings.js';

const nights = { from: '22:00', to: '06:00' };

/** When the jobs run, how many, and whether later rules apply. */
export function TimingFields({ draft, problems, onMember }: FormProps) {
  const text = strings.form;
  const window = membersOf(draft.timeWindow);
  const perHour = membersOf(draft.limits)?.perHour;
  return (
    <div className="card">
      <Choices
        label={text.priority}
        value={draft.priority === 'interactive' ? 'interactive' : 'routed'}
        choices={text.priorities}
        onValue={(next) => onMember('priority', next === 'routed' ? undefined : next)}
      />
      <div className="pair">
        <label className="check">
          <input
            type="checkbox"
            checked={window !== undefined}
            onChange={({ target }) => onMember('timeWindow', target.checked ? nights : undefined)}
          />
          {text.window}
        </label>
        {window && (
          <div className="window">
            {(['from', 'to'] as const).map((end) => (
              <input
                key={end}
                type="time"
                aria-label={end === 'from' ? text.windowFrom : text.windowTo}
                value={textOf(window[end])}
                onChange={({ target }) => onMember('timeWindow', { ...window, [end]: target.value })}
              />
            ))}
            <span className="fine">{text.windowHint}</span>
          </div>
        )}
      </div>
      <Problems problems={problemsAt(problems, '/timeWindow')} />
      <Field label={text.perHour} problems={problemsAt(problems, '/limits')}>
        {(tie) => (
          <input
            {...tie}
            type="number"
            min={1}
            className="number"
            placeholder={text.noLimit}
            value={textOf(perHour)}
            onChange={({ target }) =>
              onMember('limits', target.value === '' ? undefined : { perHour: Number(target.value) })
            }
          />
        )}
      </Field>
      <Choices
        label={text.afterMatch}
        value={draft.afterMatch === 'stop' ? 'stop' : 'continue'}
        choices={text.afterMatches}
        onValue={(next) => onMember('afterMatch', next === 'continue' ? undefined : next)}
      />
    </div>
  );
}
