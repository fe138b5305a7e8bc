import type { ResolveView } from '../../../../server/contract/prompts.js';
import { laterStrings } from '../../client/laterStrings.js';
import { strings } from '../../client/strings.js';
import { seemsPersonal } from './seemsPersonal.js';

export interface PromptHintsProps {
  readonly prompts: readonly string[];
  /** How the server, which knows the words of anatomy, reads them; absent while unknown. */
  readonly view: Pick<ResolveView, 'comparesWithPrior' | 'seemToNameSomebody'> | undefined;
}

/**
 * Lines under the box if the prompts ask for a comparison with the earlier study, and if one seems to contain a
 * patient's name or a date. They block nothing.
 */
export function PromptHints({ prompts, view }: PromptHintsProps) {
  return (
    <>
      {view?.comparesWithPrior && (
        <span className="promptseg-fine" data-promptseg="compares">
          {laterStrings.overTime.asked}
        </span>
      )}
      {(view?.seemToNameSomebody || prompts.some(seemsPersonal)) && (
        <span className="promptseg-fine" data-promptseg="personal">
          {strings.prompt.personal}
        </span>
      )}
    </>
  );
}
