import { type Dispatch, type SetStateAction, useEffect, useId, useRef, useState } from 'react';
import type { Structure } from '../../../../server/contract/structures.js';
import type { AskingApi } from '../../client/asking.js';
import { laterStrings } from '../../client/laterStrings.js';
import type { Question } from '../ask/question.js';
import { type StructuresOf, useStructures } from '../ask/useStructures.js';
import { Dot } from '../Dot.js';
import { TroubleText } from '../TroubleText.js';
import { askedNames, fittingSynonym, isAsked, matchStructures, setSide, setTicks, tickOf } from './ticks.js';

export interface BrowseProps {
  readonly api: Pick<AskingApi, 'listStructures'>;
  readonly of: StructuresOf;
  readonly question: Question;
  readonly onQuestion: Dispatch<SetStateAction<Question>>;
}

/** Longer lists show their regions closed. */
const mostOpen = 24;

const texts = laterStrings.browse;

/** All structures that can be requested, by region, with a search and checkboxes. Ticked structures are the chips. */
export function Browse({ api, of, question, onQuestion }: BrowseProps) {
  const { view, trouble } = useStructures(api, of);
  const [query, setQuery] = useState('');
  const id = useId();
  if (trouble !== undefined) return <TroubleText trouble={trouble} />;
  if (view === undefined) return <p className="promptseg-fine">{texts.loading}</p>;
  const total = countOf(view.regions);
  const regions = view.regions.flatMap(({ region, structures }) => {
    const found = matchStructures(structures, query);
    return found.length === 0 ? [] : [{ region, structures: found }];
  });
  const found = countOf(regions);
  const isSearching = query.trim() !== '';
  return (
    <section className="promptseg-browse" aria-label={texts.region} data-promptseg="browse">
      <input
        type="text"
        value={query}
        placeholder={texts.search(total)}
        aria-label={texts.search(total)}
        aria-describedby={`${id}-found`}
        onChange={({ target }) => setQuery(target.value)}
        data-promptseg="browse-search"
      />
      <span id={`${id}-found`} role="status" className={found === 0 ? 'promptseg-fine' : 'promptseg-unseen'}>
        {isSearching && texts.found(found)}
      </span>
      {regions.map(({ region, structures }) => (
        <Region
          key={`${region} ${isSearching}`}
          name={texts.regions[region]}
          structures={structures}
          isOpen={isSearching || total <= mostOpen || view.regions.length === 1}
          query={query}
          question={question}
          onQuestion={onQuestion}
        />
      ))}
    </section>
  );
}

const countOf = (regions: readonly { readonly structures: readonly Structure[] }[]): number =>
  regions.reduce((sum, { structures }) => sum + structures.length, 0);

interface RegionProps extends Pick<BrowseProps, 'question' | 'onQuestion'> {
  readonly name: string;
  readonly structures: readonly Structure[];
  readonly isOpen: boolean;
  readonly query: string;
}

function Region({ name, structures, isOpen, query, question, onQuestion }: RegionProps) {
  const [open, setOpen] = useState(isOpen);
  const asked = askedNames(question);
  const ticked = structures.filter((structure) => tickOf(structure, asked) !== 'none').length;
  const all = structures.every((structure) => tickOf(structure, asked) === 'all');
  return (
    <details
      className="promptseg-region"
      open={open}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      data-promptseg="browse-region"
    >
      <summary>
        <b>{name}</b> <span className="promptseg-fine">{texts.ticked(ticked, structures.length)}</span>
      </summary>
      {open && (
        <>
          {structures.length > 1 && (
            <button
              type="button"
              className="promptseg-link"
              onClick={() => onQuestion((now) => setTicks(now, structures, !all))}
              data-promptseg="tick-region"
            >
              {all ? texts.tickNone(name) : texts.tickAll(structures.length, name)}
            </button>
          )}
          <ul>
            {structures.map((structure) => (
              <StructureRow
                key={structure.name}
                structure={structure}
                also={fittingSynonym(structure, query)}
                asked={asked}
                onQuestion={onQuestion}
              />
            ))}
          </ul>
        </>
      )}
    </details>
  );
}

interface StructureRowProps extends Pick<BrowseProps, 'onQuestion'> {
  readonly structure: Structure;
  /** The synonym that it was found by. */
  readonly also: string | undefined;
  readonly asked: ReadonlySet<string>;
}

function StructureRow({ structure, also, asked, onQuestion }: StructureRowProps) {
  const { name, targets } = structure;
  const box = useRef<HTMLInputElement>(null);
  const tick = tickOf(structure, asked);
  const sides = targets.filter(({ laterality }) => laterality === 'left' || laterality === 'right');
  useEffect(() => {
    if (box.current) box.current.indeterminate = tick === 'some';
  }, [tick]);
  const [first] = targets;
  return (
    <li className="promptseg-structure" data-promptseg="structure">
      <label>
        <input
          ref={box}
          type="checkbox"
          checked={tick === 'all'}
          onChange={() => onQuestion((now) => setTicks(now, [structure], tick !== 'all'))}
        />
        {first && <Dot colour={first.displayColour} />}
        <span>
          {name} {also !== undefined && <span className="promptseg-fine">{texts.also(also)}</span>}
        </span>
      </label>
      {sides.length === 2 &&
        sides.map((side) => {
          const isOn = tick === 'all' || isAsked(side.name, asked);
          return (
            <button
              key={side.id}
              type="button"
              className="promptseg-side"
              aria-pressed={isOn}
              aria-label={side.name}
              title={side.name}
              onClick={() => onQuestion((now) => setSide(now, structure, side.name, !isOn))}
            >
              {texts.sides[side.laterality === 'left' ? 'left' : 'right']}
            </button>
          );
        })}
    </li>
  );
}
