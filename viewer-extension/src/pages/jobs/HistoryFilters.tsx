import { useEffect, useState } from 'react';
import { reviewStates } from '../../../../server/contract/jobState.js';
import { listModels } from './api.js';
import { formToAddress } from './filterAddress.js';
import { type FilterForm, noFilter } from './historyFilter.js';
import { strings } from './strings.js';

interface HistoryFiltersProps {
  readonly form: FilterForm;
  readonly isFiltered: boolean;
  readonly onForm: (form: FilterForm) => void;
}

export function HistoryFilters({ form, isFiltered, onForm }: HistoryFiltersProps) {
  const text = strings.history;
  const models = useModels(form.model);
  const change = (changed: Partial<FilterForm>): void => {
    const next = { ...form, ...changed };
    formToAddress(next);
    onForm(next);
  };
  return (
    <form className="filters" aria-label={text.filters} onSubmit={(event) => event.preventDefault()}>
      <label>
        {text.state}
        <select value={form.state} onChange={({ target }) => change({ state: target.value })}>
          <option value="">{text.any}</option>
          {(['completed', 'failed', 'cancelled'] as const).map((state) => (
            <option key={state} value={state}>
              {strings.job.states[state]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {text.review}
        <select value={form.review} onChange={({ target }) => change({ review: target.value })}>
          <option value="">{text.any}</option>
          {reviewStates.map((state) => (
            <option key={state} value={state}>
              {text.reviews[state]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {text.model}
        <select value={form.model} onChange={({ target }) => change({ model: target.value })}>
          <option value="">{text.any}</option>
          {models.map((id) => (
            <option key={id}>{id}</option>
          ))}
        </select>
      </label>
      <label>
        {text.from}
        <input type="date" value={form.from} onChange={({ target }) => change({ from: target.value })} />
      </label>
      <label>
        {text.to}
        <input type="date" value={form.to} onChange={({ target }) => change({ to: target.value })} />
      </label>
      {isFiltered && (
        <button type="button" className="quiet" onClick={() => change(noFilter)}>
          {text.clear}
        </button>
      )}
    </form>
  );
}

/** Installed models, and the one of the filter, which may have been taken away since. */
function useModels(chosen: string): readonly string[] {
  const [installed, setInstalled] = useState<readonly string[]>([]);
  useEffect(() => {
    // Without the list there is one choice less; the connection's state says why.
    listModels().then(setInstalled, () => undefined);
  }, []);
  return chosen === '' || installed.includes(chosen) ? installed : [...installed, chosen];
}
