import { useEffect, useRef, useState } from 'react';
import type { Job } from '../../../../server/contract/job.js';
import { pageStrings } from '../../client/pageStrings.js';
import { createSend } from '../../client/request.js';
import { jobTitle } from './jobTitle.js';

const send = createSend(() => ({}), '/api/v1');

/**
 * The picture of a job's result, small; a click opens the large one. It is asked for when it comes into sight: to draw
 * it, the server reads the series from the archive. Nothing where there is no picture: no result, a deleted one, or
 * one on single images.
 */
export function Thumbnail({ job }: { readonly job: Job }) {
  const { id, findings, result, resultDeletedAt } = job;
  const place = useRef<HTMLAnchorElement>(null);
  const [address, setAddress] = useState<string>();
  const [isMissing, setMissing] = useState(false);
  const sopInstanceUID = result?.sopInstanceUID;
  const isDrawable =
    sopInstanceUID !== undefined &&
    resultDeletedAt === undefined &&
    findings.every((finding) => finding.status !== 'found' || finding.volumeMl !== undefined);
  const picture = `/segmentations/${id}/picture.png`;

  useEffect(() => {
    if (!isDrawable || place.current === null) return;
    const left = new AbortController();
    let made: string | undefined;
    const draw = async (): Promise<void> => {
      if (left.signal.aborted) return;
      try {
        const response = await send('GET', `${picture}?size=thumbnail`, { accept: 'image/png', signal: left.signal });
        made = URL.createObjectURL(await response.blob());
        setAddress(made);
      } catch {
        // A row without its picture says what it must; the large one, in the viewer, says why there is none.
        if (!left.signal.aborted) setMissing(true);
      }
    };
    const seen = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        seen.disconnect();
        inTurn(draw);
      },
      { rootMargin: '100px' },
    );
    seen.observe(place.current);
    return () => {
      seen.disconnect();
      left.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [isDrawable, picture]);

  if (!isDrawable || isMissing) return null;
  return (
    <a className="thumbnail" href={`/api/v1${picture}`} ref={place} aria-busy={address === undefined}>
      {address === undefined ? (
        <span className="hidden">{pageStrings.pictureOf(jobTitle(job))}</span>
      ) : (
        <img src={address} alt={pageStrings.pictureOf(jobTitle(job))} width={240} height={88} />
      )}
    </a>
  );
}

/** One after another: the server draws one at a time, and the browser has few connections. */
let turn: Promise<void> = Promise.resolve();
function inTurn(draw: () => Promise<void>): void {
  turn = turn.then(draw);
}
