import type { ComponentProps, ReactNode } from 'react';
import type { Place } from '../../../../server/contract/caution.js';
import type { FoundFinding } from '../../../../server/contract/finding.js';
import { strings } from '../../client/strings.js';
import { EyeIcon, HiddenIcon, OpenIcon } from './Icons.js';

/** The eye of a row: pressed while its target is drawn. */
export function EyeButton({ visible, ...others }: { readonly visible: boolean } & ComponentProps<'button'>) {
  return (
    <button type="button" className="promptseg-icon-button" aria-pressed={visible} {...others}>
      {visible ? <EyeIcon /> : <HiddenIcon />}
    </button>
  );
}

interface OpeningProps {
  /** Of the target. */
  readonly name: string;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  /** Element id of what opens. */
  readonly id: string;
}

/** The button at the end of a row that opens its details. */
export function OpenButton({ name, isOpen, onOpen, id }: OpeningProps) {
  return (
    <button
      type="button"
      className="promptseg-icon-button promptseg-turning"
      aria-expanded={isOpen}
      aria-controls={id}
      aria-label={strings.finding.more(name)}
      title={strings.finding.more(name)}
      onClick={() => onOpen(!isOpen)}
      data-promptseg="details"
    >
      <OpenIcon />
    </button>
  );
}

interface BelowRowProps {
  readonly finding: Pick<FoundFinding, 'cautions'>;
  /** Absent where the result is not in the archive, so that nothing can be shown of it. */
  readonly onLook?: ((place: Place) => void) | undefined;
  readonly isOpen: boolean;
  readonly id: string;
  readonly details: () => ReactNode;
}

/** Below a row: its cautions, always, and its details while they are open. */
export function BelowRow({ finding, onLook, isOpen, id, details }: BelowRowProps) {
  return (
    <>
      {finding.cautions?.map((caution) => (
        <p key={caution.text} className="promptseg-caution" data-promptseg="caution" data-code={caution.code}>
          {caution.text}
          {onLook &&
            caution.places?.map((place, index, { length }) => (
              <button
                key={place.position.join()}
                type="button"
                className="promptseg-only"
                title={strings.finding.lookAt}
                onClick={() => onLook(place)}
                data-promptseg="look"
              >
                {strings.finding.look(length > 1 ? index + 1 : undefined)}
              </button>
            ))}
        </p>
      ))}
      <div id={id} hidden={!isOpen}>
        {isOpen && details()}
      </div>
    </>
  );
}
