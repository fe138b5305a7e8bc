import { useEffect, useRef, useState } from 'react';
import { formatDifference, formatSize } from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';
import { language } from '../../client/strings/language.js';
import { Dot } from '../Dot.js';
import { type SegmentChange, sizeAfter } from './editDifference.js';
import type { ResultWork } from './resultState.js';
import type { ResultStore } from './resultStore.js';
import type { JobResult } from './results.js';
import { useReveal } from './useReveal.js';

const edit = laterStrings.edit;
const texts = edit.differences;

interface WhatChangedProps {
  readonly result: JobResult;
  readonly results: ResultStore;
  /** Segment that the brush paints. */
  readonly painted: number | undefined;
  readonly work: ResultWork | undefined;
  readonly onStore: () => void;
  readonly onGoOn: () => void;
}

/** What an edit changed, structure by structure, before it is stored. */
export function WhatChanged({ result, results, painted, work, onStore, onGoOn }: WhatChangedProps) {
  const [changes, setChanges] = useState<readonly SegmentChange[]>();
  const block = useRef<HTMLDivElement>(null);
  const store = useRef<HTMLButtonElement>(null);
  useReveal(block);
  useEffect(() => {
    let left = false;
    void results.changesOf(result).then((found) => {
      if (!left) setChanges(found);
    });
    return () => {
      left = true;
    };
  }, [results, result]);
  useEffect(() => {
    if (changes === undefined) return;
    store.current?.focus();
    void block.current?.scrollIntoView({ block: 'nearest' });
  }, [changes]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset in a card brings borders and a legend of its own
    <div
      ref={block}
      className="promptseg-difference"
      role="group"
      aria-label={texts.region}
      data-promptseg="edit-difference"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onGoOn();
      }}
    >
      {changes === undefined ? (
        <p role="status">{texts.comparing}</p>
      ) : (
        <>
          <ul>
            {changes.map((change) => (
              <Change key={change.segmentNumber} change={change} isPainted={change.segmentNumber === painted} />
            ))}
            {changes.length === 0 && <li>{texts.none}</li>}
          </ul>
          <div className="promptseg-buttons">
            <button
              type="button"
              ref={store}
              className="promptseg-primary"
              aria-disabled={work !== undefined}
              onClick={() => work === undefined && onStore()}
              data-promptseg="really-store"
            >
              {work === 'storing' ? edit.storing : texts.store}
            </button>
            <button type="button" className="promptseg-plain" onClick={onGoOn}>
              {edit.goOn}
            </button>
          </div>
        </>
      )}
    </div>
  );
}

/** "Left hippocampus 4.79 mL → 7.01 mL +2.22 mL +1,850 −12 voxels" */
function Change({ change, isPainted }: { readonly change: SegmentChange; readonly isPainted: boolean }) {
  const { name, finding, after, moved } = change;
  const size = sizeAfter(change);
  const hints = [
    ...(finding === undefined ? [texts.new] : isPainted ? [] : [texts.notPainted]),
    ...(after === 0 ? [texts.emptied] : []),
    ...(moved && moved.shared > 0 ? [texts.shared(moved.shared.toLocaleString(language))] : []),
  ];
  const millilitres =
    size.volumeMl === undefined || finding?.volumeMl === undefined ? undefined : size.volumeMl - finding.volumeMl;
  return (
    <li data-promptseg="changed-segment">
      <p>
        {finding && <Dot colour={finding.target.displayColour} />} <b>{name}</b>{' '}
        {hints.length > 0 && <span className="promptseg-caution">({hints.join('; ')})</span>}
      </p>
      <p className="promptseg-figures">
        {finding && <span>{texts.change(formatSize(finding), formatSize({ ...size, voxelCount: after }))}</span>}
        {millilitres !== undefined && <span>{formatDifference(millilitres)} mL</span>}
        {moved && (
          <span className="promptseg-muted">
            {texts.voxels(moved.added.toLocaleString(language), moved.removed.toLocaleString(language))}
          </span>
        )}
      </p>
    </li>
  );
}
