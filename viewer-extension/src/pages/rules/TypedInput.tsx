import { useState } from 'react';

interface TypedInputProps {
  readonly value: unknown;
  readonly label: string;
  readonly isWrong: boolean;
  readonly read: (text: string) => unknown;
  readonly onValue: (value: unknown) => void;
}

/**
 * A text that represents a value. It stays as typed while it is being typed: "1." is on the way to "1.5", and "a, " to
 * a list.
 */
export function TypedInput({ value, label, isWrong, read, onValue }: TypedInputProps) {
  const [typed, setTyped] = useState(() => written(value));
  const shown = JSON.stringify(read(typed)) === JSON.stringify(value) ? typed : written(value);
  return (
    <input
      aria-label={label}
      aria-invalid={isWrong}
      placeholder={label}
      value={shown}
      onChange={({ target }) => {
        setTyped(target.value);
        onValue(read(target.value));
      }}
    />
  );
}

const written = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value ?? ''));
