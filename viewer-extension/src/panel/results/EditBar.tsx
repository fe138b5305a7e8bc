import { useId, useRef, useState } from 'react';
import { laterStrings } from '../../client/laterStrings.js';
import { useRights } from '../../client/rights.js';
import { strings } from '../../client/strings.js';
import { Dot } from '../Dot.js';
import { Question } from './Question.js';
import type { Editing, ResultWork } from './resultState.js';
import type { ResultStore } from './resultStore.js';
import type { JobResult } from './results.js';
import { useReveal } from './useReveal.js';
import { WhatChanged } from './WhatChanged.js';

const texts = laterStrings.edit;

interface EditBarProps {
  readonly result: JobResult;
  readonly title: string;
  readonly results: ResultStore;
  /** What the brush paints of this result; absent where its voxels were changed and the brush is put away. */
  readonly editing: Editing | undefined;
  /** Its voxels were changed since it was loaded. */
  readonly edited: boolean;
  /** Whether its edit is to be stored was asked. */
  readonly asked: boolean;
  readonly work: ResultWork | undefined;
}

/**
 * What the viewer's brush paints, and what is to become of it: changes are neither stored nor dropped unasked, and
 * before they are stored it is said what they are.
 */
export function EditBar({ result, title, results, editing, edited, asked, work }: EditBarProps) {
  const [isDiscarding, setDiscarding] = useState(false);
  const bar = useRef<HTMLDivElement>(null);
  useReveal(bar);
  const mayStore = useRights().may('jobs:write');
  if (isDiscarding) {
    return (
      <Question
        text={texts.reallyDiscard}
        yes={texts.discard}
        no={texts.keep}
        onYes={() => void results.discardEdits(result)}
        onNo={() => setDiscarding(false)}
      />
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset in a card brings borders and a legend of its own
    <div
      className="promptseg-edit"
      ref={bar}
      role="group"
      aria-label={texts.region(title)}
      data-promptseg="edit"
      data-edited={edited}
    >
      {editing && <Painting result={result} title={title} results={results} editing={editing} />}
      <p role="status">
        {edited ? texts.unsaved : texts.unchanged} {!mayStore && strings.account.mayOnlyView}
      </p>
      {edited && asked && mayStore ? (
        <WhatChanged
          result={result}
          results={results}
          painted={editing?.segmentNumber}
          work={work}
          onStore={() => void results.storeEdited(result)}
          onGoOn={() => results.askToStore(result, false)}
        />
      ) : (
        <div className="promptseg-buttons">
          {edited && mayStore && (
            <button
              type="button"
              className="promptseg-primary"
              aria-disabled={work !== undefined}
              onClick={() => work === undefined && results.askToStore(result)}
              data-promptseg="store-edited"
            >
              {work === 'storing' ? texts.storing : texts.store}
            </button>
          )}
          {editing && results.history && (
            <>
              <button
                type="button"
                className="promptseg-plain"
                onClick={() => results.history?.undo()}
                data-promptseg="undo"
              >
                {texts.undo}
              </button>
              <button
                type="button"
                className="promptseg-plain"
                onClick={() => results.history?.redo()}
                data-promptseg="redo"
              >
                {texts.redo}
              </button>
            </>
          )}
          {edited && (
            <button
              type="button"
              className="promptseg-plain"
              onClick={() => setDiscarding(true)}
              data-promptseg="discard-edits"
            >
              {texts.discard}
            </button>
          )}
          {!edited && (
            <button
              type="button"
              className="promptseg-plain"
              onClick={() => void results.endEditing()}
              data-promptseg="end-editing"
            >
              {texts.done}
            </button>
          )}
          {edited && editing === undefined && (
            <button type="button" className="promptseg-plain" onClick={() => void results.edit(result)}>
              {texts.goOn}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

interface PaintingProps extends Pick<EditBarProps, 'result' | 'title' | 'results'> {
  readonly editing: Editing;
}

/** Which structure of which result the brush paints, and whether it may paint over others. */
function Painting({ result, title, results, editing: { segmentNumber, lockOthers } }: PaintingProps) {
  const id = useId();
  const painted = result.findings.find((finding) => finding.segmentNumber === segmentNumber);
  return (
    <>
      <div className="promptseg-painting">
        <label htmlFor={id}>{texts.painting}</label>
        {painted && <Dot colour={painted.target.displayColour} />}
        <select
          id={id}
          value={segmentNumber}
          onChange={({ target }) => void results.edit(result, Number(target.value), { lockOthers })}
          data-promptseg="painting"
        >
          {result.findings.map((finding) => (
            <option key={finding.segmentNumber} value={finding.segmentNumber}>
              {finding.target.name}
            </option>
          ))}
        </select>
      </div>
      <p className="promptseg-muted">{texts.of(title)}</p>
      {result.findings.length > 1 && (
        <label className="promptseg-lock" title={texts.lockHint}>
          <input
            type="checkbox"
            className="promptseg-checkbox"
            checked={lockOthers}
            onChange={({ target }) =>
              void results.edit(result, segmentNumber, { lockOthers: target.checked, turn: false })
            }
            data-promptseg="lock-others"
          />
          {texts.lock}
        </label>
      )}
    </>
  );
}
