import { strings } from '../../client/strings.js';
import { seemsPersonal } from './seemsPersonal.js';

export interface PersonalHintProps {
  readonly prompts: readonly string[];
  /** Whether the server, which knows the words of anatomy, takes a word of them for a name. */
  readonly seemToNameSomebody: boolean;
}

/** A line under the box if a prompt seems to contain a patient's name or a date. It blocks nothing. */
export function PersonalHint({ prompts, seemToNameSomebody }: PersonalHintProps) {
  if (!seemToNameSomebody && !prompts.some(seemsPersonal)) return null;
  return (
    <span className="promptseg-fine" data-promptseg="personal">
      {strings.prompt.personal}
    </span>
  );
}
