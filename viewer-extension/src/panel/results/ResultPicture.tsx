import { useEffect, useRef, useState } from 'react';
import { laterStrings } from '../../client/laterStrings.js';
import { strings } from '../../client/strings.js';
import type { Trouble } from '../../client/trouble.js';
import { returnFocus } from '../returnFocus.js';
import { TroubleText } from '../TroubleText.js';
import { toTrouble } from '../toTrouble.js';
import type { ResultStore } from './resultStore.js';
import type { JobResult } from './results.js';
import { useReveal } from './useReveal.js';

/** Three planes of the images with the result over them, to view and to download. */
export function ResultPicture({ result, results, name }: { result: JobResult; results: ResultStore; name: string }) {
  const { jobId, editedSopInstanceUID } = result.address;
  const [address, setAddress] = useState<string>();
  const [trouble, setTrouble] = useState<Trouble>();
  const figure = useRef<HTMLElement>(null);
  const small = useRef<HTMLButtonElement>(null);
  const large = useRef<HTMLDialogElement>(null);
  useReveal(figure);

  useEffect(() => {
    const leaving = new AbortController();
    let made: string | undefined;
    setTrouble(undefined);
    results.picture({ jobId, ...(editedSopInstanceUID && { editedSopInstanceUID }) }, leaving.signal).then(
      (picture) => {
        if (leaving.signal.aborted) return;
        made = URL.createObjectURL(picture);
        setAddress(made);
      },
      (error) => {
        if (!leaving.signal.aborted) setTrouble(toTrouble(error));
      },
    );
    return () => {
      leaving.abort();
      setAddress(undefined);
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [results, jobId, editedSopInstanceUID]);

  if (trouble !== undefined) return <TroubleText trouble={trouble} />;
  return (
    <figure className="promptseg-picture" ref={figure} aria-busy={address === undefined} data-promptseg="picture">
      {address === undefined ? (
        <p role="status">{strings.picture.loading}</p>
      ) : (
        <>
          <button
            ref={small}
            type="button"
            className="promptseg-enlarge"
            title={laterStrings.picture.enlarge}
            aria-label={`${laterStrings.picture.enlarge}: ${strings.picture.alt(name)}`}
            onClick={() => large.current?.showModal()}
            data-promptseg="enlarge"
          >
            <img src={address} alt="" onLoad={() => figure.current?.scrollIntoView({ block: 'nearest' })} />
          </button>
          {/* The browser closes it on Escape. */}
          <dialog
            ref={large}
            className="promptseg-enlarged"
            aria-label={strings.picture.alt(name)}
            // The viewer has its own meaning for keys.
            onKeyDown={(event) => event.stopPropagation()}
            onClose={() => small.current && returnFocus(small.current)}
            data-promptseg="enlarged"
          >
            <button
              type="button"
              className="promptseg-enlarge"
              title={laterStrings.picture.close}
              aria-label={laterStrings.picture.close}
              onClick={() => large.current?.close()}
            >
              <img src={address} alt={strings.picture.alt(name)} />
            </button>
          </dialog>
          <a
            className="promptseg-plain"
            href={address}
            download={strings.picture.fileName(result.stored.sopInstanceUID.slice(-8))}
          >
            {strings.picture.download}
          </a>
        </>
      )}
    </figure>
  );
}
