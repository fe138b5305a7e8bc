/** Of a Series Description (0008,103E): LO. */
const maximumLength = 64;

/** At the beginning, where narrow lists do not cut it off. */
const edited = 'Edited · ';

/**
 * Series Description of a result, which viewers show as its name: "Hippocampus L+R, Brain stem, Ventricles +2". It
 * names as many structures as fit and counts the others.
 * @param names of the structures, in the order of the segments
 */
export function describeResult(names: readonly string[]): string {
  const structures = names.flatMap((name) => withBothSides(name, names));
  for (let shown = structures.length; shown > 0; shown -= 1) {
    const rest = structures.slice(shown).reduce((count, { segments }) => count + segments, 0);
    const listed = structures.slice(0, shown).map(({ text }) => text);
    const description = rest === 0 ? listed.join(', ') : `${listed.join(', ')} +${rest}`;
    if (description.length <= maximumLength) return description;
  }
  const rest = names.length - 1;
  const ending = rest === 0 ? '...' : `... +${rest}`;
  return `${(names[0] ?? '').slice(0, maximumLength - ending.length)}${ending}`;
}

/** A pair is named once, at the place of its first side. */
function withBothSides(name: string, names: readonly string[]): { readonly text: string; readonly segments: number }[] {
  const [, side, structure] = /^(left|right) (.+)$/i.exec(name) ?? [];
  if (side === undefined || structure === undefined) return [{ text: name, segments: 1 }];
  const other = names.findIndex((each) => each.toLowerCase() === `${otherSide(side)} ${structure}`.toLowerCase());
  if (other < 0) return [{ text: name, segments: 1 }];
  if (other < names.indexOf(name)) return [];
  return [{ text: `${structure[0]!.toUpperCase()}${structure.slice(1)} L+R`, segments: 2 }];
}

const otherSide = (side: string): string => (side.toLowerCase() === 'left' ? 'right' : 'left');

/** Series Description of an edited result; an edit of an edit has the same. */
export function describeEdited(description: string): string {
  // The wording of versions before 0.3.
  const before = description.replace(/ \(edited\)$/, '');
  if (before.startsWith(edited)) return before;
  const room = maximumLength - edited.length;
  return `${edited}${before.length <= room ? before : `${before.slice(0, room - 3)}...`}`;
}
