import { type FilterForm, noFilter } from './historyFilter.js';

const fields = ['state', 'review', 'model', 'from', 'to'] as const satisfies readonly (keyof FilterForm)[];

/** The filters are part of the address, so that one can send a link to "the failed jobs of January". */
export function formFromAddress(): FilterForm {
  const query = new URLSearchParams(location.search);
  return Object.assign({}, noFilter, ...fields.map((field) => ({ [field]: query.get(field) ?? '' })));
}

export function formToAddress(form: FilterForm): void {
  const query = new URLSearchParams(fields.flatMap((field) => (form[field] === '' ? [] : [[field, form[field]]])));
  history.replaceState(null, '', query.size === 0 ? location.pathname : `?${query}`);
}
