import { useEffect, useRef, useState } from 'react';
import type { Comparison } from '../../../../server/contract/comparison.js';
import { laterStrings } from '../../client/laterStrings.js';
import type { Trouble } from '../../client/trouble.js';
import type { Host, SideBySide, SliceLink } from '../host.js';
import { TroubleText } from '../TroubleText.js';
import { toTrouble } from '../toTrouble.js';
import type { JobResult } from './results.js';

const texts = laterStrings.overTime;

interface SideBySideProps {
  readonly result: JobResult;
  readonly comparison: Comparison;
  readonly show: NonNullable<Host['sideBySide']>;
  /** Whether the two series stand beside each other, and if so, whether places need a registration. */
  readonly onChange: (state: { readonly isShown: boolean; readonly needsRegistration: boolean }) => void;
}

/** Shows the images of both times beside each other in the viewer, with linked scrolling. Ends when it goes. */
export function SideBySidePart({ result, comparison, show, onChange }: SideBySideProps) {
  const [sides, setSides] = useState<SideBySide>();
  const [isOpening, setOpening] = useState(false);
  const [isLinked, setLinked] = useState(true);
  const [trouble, setTrouble] = useState<Trouble>();
  const open = useRef<SideBySide>(undefined);
  const isGone = useRef(false);

  const put = (now: SideBySide | undefined): void => {
    open.current = now;
    if (isGone.current) return;
    setSides(now);
    onChange({ isShown: now !== undefined, needsRegistration: now !== undefined && !now.hasOneFrame });
  };
  const begin = async (): Promise<void> => {
    setOpening(true);
    setTrouble(undefined);
    const { studyInstanceUID, seriesInstanceUID: resultSeries } = result.stored;
    const { prior, before } = comparison;
    try {
      const shown = await show(
        { studyInstanceUID, seriesInstanceUID: result.imageSeries, resultSeries },
        { ...prior, resultSeries: before.resultSeries },
        () => put(undefined),
      );
      if (isGone.current) return await shown.end();
      put(shown);
    } catch (error) {
      setTrouble(toTrouble(error));
    } finally {
      setOpening(false);
    }
  };
  const end = async (): Promise<void> => {
    put(undefined);
    await sides?.end().catch((error: unknown) => setTrouble(toTrouble(error)));
  };
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      void open.current?.end().catch(() => {});
    };
  }, []);

  const { registration } = comparison;
  const nowToBefore = registration?.status === 'used' ? registration.nowToBefore : undefined;
  const by = nowToBefore !== undefined ? 'registration' : sides?.hasOneFrame ? 'frame' : 'share';
  useEffect(() => {
    if (sides === undefined) return;
    const link: SliceLink = by === 'share' ? { by } : { by: 'place', ...(nowToBefore && { nowToBefore }) };
    try {
      sides.link(isLinked ? link : undefined);
      // After a failure the check mark goes, and the reason stays.
      if (isLinked) setTrouble(undefined);
    } catch (error) {
      setLinked(false);
      setTrouble(toTrouble(error));
    }
  }, [sides, isLinked, by, nowToBefore]);

  return (
    <>
      <p className="promptseg-fine">
        <button
          type="button"
          className="promptseg-link"
          aria-disabled={isOpening}
          onClick={() => !isOpening && void (sides === undefined ? begin() : end())}
          data-promptseg="side-by-side"
        >
          {sides === undefined ? texts.sideBySide : texts.endSideBySide}
        </button>
      </p>
      {sides !== undefined && (
        <label className="promptseg-versions">
          <input
            type="checkbox"
            className="promptseg-checkbox"
            checked={isLinked}
            onChange={({ target }) => setLinked(target.checked)}
            data-promptseg="linked-scrolling"
          />
          {texts.linked}
        </label>
      )}
      {sides !== undefined && isLinked && <p className="promptseg-fine">{texts.linkedBy[by]}</p>}
      {trouble !== undefined && <TroubleText trouble={trouble} />}
    </>
  );
}
