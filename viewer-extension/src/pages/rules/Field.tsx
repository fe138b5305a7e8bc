import { type ReactNode, useId } from 'react';
import type { TextProblem } from './ruleText.js';

/** Problems at a place of the rule and below it. */
export const problemsAt = (problems: readonly TextProblem[], pointer: string): readonly TextProblem[] =>
  problems.filter((each) => each.pointer === pointer || each.pointer.startsWith(`${pointer}/`));

export function Problems({ problems, id }: { problems: readonly TextProblem[]; id?: string }) {
  if (problems.length === 0) return null;
  return (
    <span className="mistake" id={id}>
      {problems.map(({ pointer, message, lang }, index) => (
        <span key={`${pointer} ${message}`} lang={lang}>
          {index > 0 && '; '}
          {message}
        </span>
      ))}
    </span>
  );
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly problems?: readonly TextProblem[];
  /** Gets what ties its control to the problems. */
  readonly children: (tie: { readonly 'aria-invalid': boolean; readonly 'aria-describedby'?: string }) => ReactNode;
}

/** A control with its label, hint and problems. */
export function Field({ label, hint, problems = [], children }: FieldProps) {
  const id = useId();
  const isWrong = problems.length > 0;
  return (
    <div className="field">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is the child */}
      <label>
        <span className="name">
          {label} {hint && <span className="fine">{hint}</span>}
        </span>
        {children({ 'aria-invalid': isWrong, ...(isWrong && { 'aria-describedby': id }) })}
      </label>
      <Problems id={id} problems={problems} />
    </div>
  );
}
