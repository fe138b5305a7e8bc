import type { TargetView } from '../../../../server/contract/finding.js';
import type { ResolutionView } from '../../../../server/contract/prompts.js';
import { strings } from '../../client/strings.js';
import { Dot } from '../Dot.js';
import { isUnknown } from './reading.js';

/** A name for many at once ("everything") would push all else off the panel. */
const mostShown = 6;

/**
 * What a prompt was understood as: a row with colour, name and code for each target, how typing errors were read, and
 * what the series contradicts.
 */
export function UnderstoodParts({ parts }: { parts: readonly ResolutionView[] }) {
  const targets = parts.flatMap((part) => part.targets);
  const corrections = parts.flatMap(({ prompt, correctedTo }) =>
    correctedTo === undefined ? [] : [{ prompt, correctedTo }],
  );
  return (
    <>
      {targets.slice(0, mostShown).map((target, index) => (
        // Two parts of a text may mean the same target.
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
        <TargetRow key={index} target={target} />
      ))}
      {targets.length > mostShown && (
        <span className="promptseg-fine">+ {strings.suggestions.several(targets.length - mostShown)}</span>
      )}
      {corrections.map(({ prompt, correctedTo }) => (
        <span key={prompt} className="promptseg-fine">
          {strings.resolution.corrected(prompt, correctedTo)}
        </span>
      ))}
      {contradictionsOf(parts).map((contradiction) => (
        <span key={contradiction} className="promptseg-caution" data-promptseg="contradiction">
          {contradiction}
        </span>
      ))}
    </>
  );
}

function TargetRow({ target }: { target: TargetView }) {
  const { name, code, displayColour, freeText } = target;
  // The meaning of a code is English in every language.
  const [title, lang] = freeText === undefined ? [code.meaning, 'en'] : [strings.freeText.hint, undefined];
  return (
    <span className="promptseg-target" data-promptseg="target">
      <Dot colour={displayColour} />
      <span>{name}</span>
      <span className="promptseg-fine promptseg-figure" title={title} lang={lang}>
        {codeInWords(target)}
      </span>
    </span>
  );
}

/** The code; of free text that it is such, since its code says nothing more. */
const codeInWords = ({ code, freeText }: TargetView): string =>
  freeText === undefined ? strings.resolution.code(code.scheme, code.value) : strings.freeText.tag;

const contradictionsOf = (parts: readonly ResolutionView[]): readonly string[] => [
  ...new Set(parts.flatMap(({ contradiction = [] }) => contradiction)),
];

/** The same in words, for a screen reader: "Left lung, SCT 39607008". */
export function partsInWords(parts: readonly ResolutionView[] | undefined): string {
  if (parts === undefined) return strings.chips.checking;
  const targets = parts.flatMap((part) => part.targets);
  const words = targets.slice(0, mostShown).map((target) => `${target.name}, ${codeInWords(target)}`);
  const unknown = parts.filter(isUnknown).map(({ prompt }) => strings.chips.notKnown(prompt));
  return [...words, ...unknown, ...contradictionsOf(parts)].join('; ');
}
