import { type FormEvent, useRef, useState } from 'react';
import type { AskingApi } from '../../client/asking.js';
import { laterStrings } from '../../client/laterStrings.js';
import { useRights } from '../../client/rights.js';
import { language } from '../../client/strings/language.js';
import { strings } from '../../client/strings.js';
import { download } from '../download.js';
import { TroubleText } from '../TroubleText.js';
import { PromptSetRow } from './PromptSetRow.js';
import { promptSetFile, readPromptSetFile } from './promptSetFile.js';
import { usePromptSets } from './usePromptSets.js';
import { type StructuresOf, useStructures } from './useStructures.js';

export interface PromptSetsProps {
  readonly api: AskingApi;
  /** What would be saved now. */
  readonly prompts: readonly string[];
  readonly modality: string;
  readonly of: StructuresOf;
  readonly onApply: (prompts: readonly string[]) => void;
}

/**
 * Presets: those that ship and that a model of the series understands, and the named sets of prompts that everybody on
 * the server shares: use, save, rename, delete, and carry from server to server as a file.
 */
export function PromptSets({ api, prompts, modality, of, onApply }: PromptSetsProps) {
  const { sets, done, trouble, ...actions } = usePromptSets(api);
  const presets = useStructures(api, of).view?.presets ?? [];
  const [name, setName] = useState('');
  const [unreadable, setUnreadable] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const whole = useRef<HTMLElement>(null);
  const mayChange = useRights().may('jobs:write');

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '' || prompts.length === 0) return;
    const request = { name: name.trim(), prompts: [...prompts], ...(modality === '' ? {} : { modality }) };
    if (await actions.save(request)) setName('');
  };
  const importFile = async (chosen: File | undefined) => {
    const found = chosen && readPromptSetFile(await chosen.text());
    setUnreadable(chosen !== undefined && found === undefined);
    if (found !== undefined) await actions.importAll(found);
    // So that the same file can be chosen again.
    if (file.current) file.current.value = '';
  };

  return (
    <section
      ref={whole}
      tabIndex={-1}
      className="promptseg-sets"
      aria-label={strings.sets.region}
      data-promptseg="sets"
    >
      {presets.length > 0 && (
        <>
          <h4>{laterStrings.presets.shipped}</h4>
          <ul className="promptseg-rows">
            {presets.map(({ id, names, prompts: english, germanPrompts, structures }) => {
              const shipped = (language === 'de' && germanPrompts) || english;
              const shown = names[language] ?? names.en ?? id;
              return (
                <li key={id}>
                  <button
                    type="button"
                    className="promptseg-row"
                    title={shipped.join('\n')}
                    aria-description={laterStrings.presets.use(shown)}
                    onClick={() => onApply(shipped)}
                    data-promptseg="preset"
                  >
                    <span>{shown}</span>
                    <span className="promptseg-fine promptseg-figure">
                      {laterStrings.presets.structures(structures)}
                    </span>
                  </button>
                </li>
              );
            })}
          </ul>
        </>
      )}
      <h4>{laterStrings.presets.own}</h4>
      {sets?.length === 0 && <p className="promptseg-fine">{strings.sets.none}</p>}
      <ul className="promptseg-rows">
        {sets?.map((set) => (
          <PromptSetRow
            key={set.id}
            set={set}
            actions={actions}
            onApply={() => onApply(set.prompts)}
            onRemoved={() => whole.current?.focus()}
            mayChange={mayChange}
          />
        ))}
      </ul>
      {mayChange && (
        <form className="promptseg-inline" onSubmit={(event) => void save(event)}>
          <input
            type="text"
            className="promptseg-name"
            value={name}
            maxLength={80}
            aria-label={strings.sets.name}
            placeholder={prompts.length === 0 ? strings.sets.nothingToSave : strings.sets.name}
            disabled={prompts.length === 0}
            onChange={({ target }) => setName(target.value)}
            data-promptseg="set-name"
          />
          <button
            type="submit"
            className="promptseg-link"
            aria-disabled={name.trim() === '' || prompts.length === 0}
            data-promptseg="save-set"
          >
            {strings.sets.save}
          </button>
        </form>
      )}
      <div className="promptseg-inline">
        <span className="promptseg-fine">{strings.sets.shared}</span>
        <button
          type="button"
          className="promptseg-link"
          title={strings.sets.exportFile}
          aria-disabled={sets === undefined || sets.length === 0}
          onClick={() => sets !== undefined && sets.length > 0 && download(setsFile(sets))}
          data-promptseg="export-sets"
        >
          {strings.sets.export}
        </button>
        {mayChange && (
          <>
            <button
              type="button"
              className="promptseg-link"
              title={strings.sets.importFile}
              onClick={() => file.current?.click()}
            >
              {strings.sets.import}
            </button>
            <input
              ref={file}
              type="file"
              accept="application/json,.json"
              hidden
              aria-label={strings.sets.importFile}
              onChange={({ target }) => void importFile(target.files?.[0])}
              data-promptseg="import-sets"
            />
          </>
        )}
      </div>
      {trouble !== undefined && <TroubleText trouble={trouble} />}
      {unreadable && <TroubleText trouble={{ sentence: strings.sets.notASetFile, nextStep: '' }} />}
      <p className="promptseg-fine" role="status" data-promptseg="sets-done">
        {done}
      </p>
    </section>
  );
}

const setsFile = (sets: Parameters<typeof promptSetFile>[0]): File =>
  new File([promptSetFile(sets)], 'promptseg-sets.json', { type: 'application/json' });
