/** What the page shows; part of the address, so that a rule can be linked to. */
export type View =
  | { readonly kind: 'list' }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'new' };

export function viewOfAddress(): View {
  const query = new URLSearchParams(location.search);
  const name = query.get('rule');
  if (name !== null) return { kind: 'rule', name };
  return query.has('new') ? { kind: 'new' } : { kind: 'list' };
}

export function addressOf(view: View): string {
  if (view.kind === 'list') return '/rules';
  return view.kind === 'new' ? '/rules?new' : `/rules?${new URLSearchParams({ rule: view.name })}`;
}
