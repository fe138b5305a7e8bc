import { useState } from 'react';
import type { Instances } from '../../../../server/contract/finding.js';
import { decimal, formatVolume } from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';

const texts = laterStrings.instances;

interface InstanceListProps {
  readonly instances: Instances;
  readonly onGoTo: (instance: Instances['found'][number]) => void;
}

/** The instances of a target of which there are many, to walk through in the viewer. */
export function InstanceList({ instances: { found, smaller, minimumMl }, onGoTo }: InstanceListProps) {
  const [at, setAt] = useState<number>();
  const goTo = (index: number) => {
    const instance = found[index];
    if (instance === undefined) return;
    setAt(index);
    onGoTo(instance);
  };
  const step = (by: number) => goTo(((at ?? (by > 0 ? -1 : 0)) + by + found.length) % found.length);
  return (
    <div data-promptseg="instances">
      <div className="promptseg-buttons">
        <span>{texts.count(found.length)}</span>
        {found.length > 1 && (
          <>
            <button type="button" className="promptseg-link" onClick={() => step(-1)} data-promptseg="instance-before">
              {texts.before}
            </button>
            <button type="button" className="promptseg-link" onClick={() => step(1)} data-promptseg="instance-next">
              {texts.next}
            </button>
          </>
        )}
      </div>
      <ol className="promptseg-instances">
        {found.map((instance, index) => (
          <li key={instance.number}>
            <button
              type="button"
              className="promptseg-link"
              aria-current={at === index}
              aria-label={texts.goTo(instance.number)}
              title={texts.goTo(instance.number)}
              onClick={() => goTo(index)}
              data-promptseg="instance"
            >
              {instance.number}. {formatVolume(instance.volumeMl)}
              {' · '}
              {decimal(instance.longestDiameterMm, 1)} × {decimal(instance.perpendicularDiameterMm, 1)} mm
            </button>
          </li>
        ))}
      </ol>
      {smaller > 0 && <p className="promptseg-fine">{texts.smaller(smaller, formatVolume(minimumMl))}</p>}
    </div>
  );
}
