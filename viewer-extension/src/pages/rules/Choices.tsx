import { useId } from 'react';

/** Choices of which one applies, all visible. */
export function Choices<Value extends string>({
  label,
  value,
  choices,
  onValue,
}: {
  label: string;
  value: Value;
  choices: Readonly<Record<Value, string>>;
  onValue: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset className="plain choices">
      <legend className="name">{label}</legend>
      {(Object.keys(choices) as Value[]).map((each) => (
        <label key={each} className="check">
          <input type="radio" name={name} checked={each === value} onChange={() => onValue(each)} />
          {choices[each]}
        </label>
      ))}
    </fieldset>
  );
}
