import { useId, useState } from 'react';
import type { FoundFinding } from '../../../../server/contract/finding.js';
import { formatMean, formatSize } from '../../client/format.js';
import { language } from '../../client/strings/language.js';
import { strings } from '../../client/strings.js';
import { Dot } from '../Dot.js';
import { BelowRow, EyeButton, OpenButton } from '../results/rowParts.js';
import { boxCorners, boxSize } from './box.js';
import type { Confidence } from './recognized.js';

interface RecognizedRowProps {
  readonly finding: FoundFinding;
  readonly confidence: Confidence;
  /** Undefined where nothing can be done with what is ticked. */
  readonly ticked: boolean | undefined;
  readonly onTick: (ticked: boolean) => void;
  /** A result in the archive contains it. */
  readonly isStored: boolean;
  /** It is drawn over the images. */
  readonly visible: boolean;
  /** A job that stores it has not ended. */
  readonly busy: boolean;
  readonly onShow: () => void;
}

/** One recognized target with the model's confidence, its size and position; to tick and to show. */
export function RecognizedRow({ finding, confidence, ticked, onTick, ...stored }: RecognizedRowProps) {
  const { target, mean } = finding;
  const { isStored, visible, busy, onShow } = stored;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const sureness = confidence && finding[confidence];
  const texts = strings.recognition;
  const show = visible
    ? strings.finding.hide(target.name)
    : isStored
      ? strings.finding.show(target.name)
      : texts.storeAndShow(target.name);
  return (
    <li data-promptseg="recognized-target" data-target={target.id}>
      <div className="promptseg-row">
        <label className="promptseg-tick">
          <input
            type="checkbox"
            checked={ticked === true}
            disabled={ticked === undefined}
            onChange={({ target: box }) => onTick(box.checked)}
          />
          <Dot colour={target.displayColour} />
          <span className="promptseg-name">
            {target.name}
            {isStored && <span className="promptseg-tag">{texts.stored}</span>}
          </span>
          <span className="promptseg-figures">
            {sureness !== undefined && (
              <span className="promptseg-figure promptseg-sureness" data-promptseg="sureness">
                {sureness.toLocaleString(language, { style: 'percent' })}
              </span>
            )}
            <span className="promptseg-figure">{formatSize(finding)}</span>
            <span className="promptseg-figure promptseg-muted" title={texts.size} data-promptseg="box">
              {boxSize(finding)}
            </span>
          </span>
        </label>
        <EyeButton
          visible={visible}
          aria-disabled={busy}
          aria-label={show}
          title={show}
          onClick={() => !busy && onShow()}
          data-promptseg="show-recognized"
        />
        <OpenButton name={target.name} isOpen={isOpen} onOpen={setOpen} id={id} />
      </div>
      <BelowRow
        finding={finding}
        isOpen={isOpen}
        id={id}
        details={() => (
          <div className="promptseg-details">
            <dl>
              {(
                [
                  [strings.finding.details.code, strings.resolution.code(target.code.scheme, target.code.value)],
                  ...boxCorners(finding),
                  ...(mean === undefined ? [] : [[texts.mean, formatMean(finding)] as const]),
                ] as const
              ).map(([term, value]) => (
                <div key={term}>
                  <dt>{term}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </div>
        )}
      />
    </li>
  );
}
