import { useRef, useState } from 'react';
import type { Prior } from '../../../../server/contract/comparison.js';
import { hasEnded } from '../../../../server/contract/jobState.js';
import type { RegistrationMode } from '../../../../server/contract/registration.js';
import { laterStrings } from '../../client/laterStrings.js';
import type { OverTimeApi } from '../../client/overTime.js';
import type { Host } from '../host.js';
import { TroubleText } from '../TroubleText.js';
import { OverTimeOutcome } from './OverTimeOutcome.js';
import type { JobResult } from './results.js';
import { SideBySidePart } from './SideBySidePart.js';
import { useOverTime } from './useOverTime.js';
import { useReveal } from './useReveal.js';

const texts = laterStrings.overTime;

interface OverTimeProps {
  readonly result: JobResult;
  readonly api: OverTimeApi;
  readonly host: Pick<Host, 'linkTo' | 'sideBySide'>;
}

/** The findings of a result beside those of the same structures on an earlier study. */
export function OverTime({ result, api, host }: OverTimeProps) {
  const { linkTo, sideBySide } = host;
  const [chosen, setChosen] = useState<string>();
  const [registration, setRegistration] = useState<RegistrationMode>();
  const [isBeside, setBeside] = useState(false);
  const { comparison, isRegistering, trouble, priors } = useOverTime(api, result.address, chosen, registration);
  const block = useRef<HTMLElement>(null);
  useReveal(block);
  const used = comparison?.prior ?? priors.find(({ seriesInstanceUID }) => seriesInstanceUID === chosen);
  const isRegistered = isRegistering || comparison?.registration !== undefined;
  const isWaiting =
    trouble === undefined && (comparison === undefined || isRegistering || !hasEnded(comparison.before));
  return (
    <section
      className="promptseg-figures-block"
      ref={block}
      aria-label={texts.region}
      aria-busy={isWaiting}
      data-promptseg="over-time"
    >
      {priors.length > 1 && used && <Choice priors={priors} used={used} onChoose={setChosen} />}
      {trouble !== undefined && <TroubleText trouble={trouble} />}
      {trouble === undefined && comparison === undefined && <p role="status">{texts.searching}</p>}
      {comparison && trouble === undefined && (
        <>
          <p className="promptseg-fine">
            {texts.before(comparison.prior.studyDate, comparison.prior.daysBefore, comparison.prior.description)}{' '}
            {comparison.before.result !== undefined && linkTo && (
              <a
                className="promptseg-link"
                href={linkTo(comparison.prior.studyInstanceUID, comparison.before.result)}
                target="_blank"
                rel="noreferrer"
                data-promptseg="open-prior"
              >
                {texts.openPrior}
              </a>
            )}
          </p>
          {sideBySide && hasEnded(comparison.before) && (
            <SideBySidePart
              key={comparison.prior.seriesInstanceUID}
              result={result}
              comparison={comparison}
              show={sideBySide}
              onChange={({ isShown, needsRegistration }) => {
                setBeside(isShown);
                if (needsRegistration) setRegistration((chosen) => chosen ?? 'rigid');
              }}
            />
          )}
          <OverTimeOutcome comparison={comparison} api={api} />
          {(isBeside || comparison.findings.some(({ instances }) => instances)) && (
            <label className="promptseg-versions">
              <input
                type="checkbox"
                className="promptseg-checkbox"
                checked={registration === undefined ? isRegistered : registration === 'rigid'}
                onChange={({ target }) => setRegistration(target.checked ? 'rigid' : 'none')}
                data-promptseg="register"
              />
              {texts.register}
            </label>
          )}
          {isRegistering && <p role="status">{texts.registering}</p>}
        </>
      )}
    </section>
  );
}

function Choice({
  priors,
  used,
  onChoose,
}: {
  readonly priors: readonly Prior[];
  readonly used: Prior;
  readonly onChoose: (seriesInstanceUID: string) => void;
}) {
  return (
    <label className="promptseg-versions">
      <span>{texts.choose}</span>
      <select
        value={used.seriesInstanceUID}
        onChange={({ target }) => onChoose(target.value)}
        data-promptseg="choose-prior"
      >
        {priors.map(({ seriesInstanceUID, studyDate, description }) => (
          <option key={seriesInstanceUID} value={seriesInstanceUID}>
            {[studyDate, description].filter(Boolean).join(' · ')}
          </option>
        ))}
      </select>
    </label>
  );
}
