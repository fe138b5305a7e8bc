import { useEffect, useMemo, useRef, useState } from 'react';
import {
  decimal,
  formatChange,
  formatDifference,
  formatMillilitres,
  formatSize,
  type Size,
} from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';
import { Dot } from '../Dot.js';
import type { Host, ShownResult } from '../host.js';
import { type ComparisonRow, compareResults, letterOf } from './compareResults.js';
import { diceOf } from './dice.js';
import type { ResultStore } from './resultStore.js';
import type { JobResult } from './results.js';
import { shownOf } from './shownResults.js';

interface ComparisonProps {
  /** In the order of choice. */
  readonly compared: readonly { readonly result: JobResult; readonly title: string }[];
  readonly results: ResultStore;
  readonly host: Host;
  readonly shown: readonly ShownResult[];
}

/** Several results side by side: the volume of each target, and the agreement of two results. */
export function Comparison({ compared, results, host, shown }: ComparisonProps) {
  const rows = useMemo(() => compareResults(compared.map(({ result }) => result)), [compared]);
  const dice = useDice(rows, compared, host, shown);
  const table = useRef<HTMLElement>(null);
  const chosen = compared.map(({ result }) => result.stored.sopInstanceUID).join(' ');
  // It stands above the cards, one of which asked for it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: every choice is to be seen
  useEffect(() => {
    table.current?.focus({ preventScroll: true });
    void table.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <section
      className="promptseg-card promptseg-comparison"
      ref={table}
      tabIndex={-1}
      aria-label={laterStrings.compare.region}
      data-promptseg="comparison"
    >
      <header>
        <h3>{laterStrings.compare.region}</h3>
        <button type="button" className="promptseg-link" onClick={() => results.endComparison()}>
          {laterStrings.compare.end}
        </button>
      </header>
      <ol className="promptseg-compared">
        {compared.map(({ result, title }, place) => (
          <li key={result.stored.sopInstanceUID}>
            <span className="promptseg-letter">{letterOf(place)}</span>
            <span className="promptseg-ellipsis">{title}</span>
          </li>
        ))}
      </ol>
      <div className="promptseg-table">
        <table>
          <thead>
            <tr>
              <th scope="col">{laterStrings.compare.target}</th>
              {compared.map(({ result }, place) => (
                <th scope="col" key={result.stored.sopInstanceUID}>
                  {letterOf(place)}
                </th>
              ))}
              <th scope="col">{laterStrings.compare.difference(letterOf(compared.length - 1) ?? '')}</th>
              {dice && <th scope="col">{laterStrings.compare.dice}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.target.id} row={row} dice={dice?.get(row.target.id)} hasDice={dice !== undefined} />
            ))}
          </tbody>
        </table>
      </div>
      {compared.length === 2 && dice === undefined && <p className="promptseg-muted">{laterStrings.compare.noDice}</p>}
    </section>
  );
}

function Row({ row, dice, hasDice }: { row: ComparisonRow; dice: number | undefined; hasDice: boolean }) {
  const { target, cells, difference } = row;
  return (
    <tr>
      <th scope="row">
        <Dot colour={target.displayColour} /> {target.name}
      </th>
      {cells.map((cell, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a cell's place is its result
        <td key={place}>{cell === undefined ? '–' : figureOf(cell)}</td>
      ))}
      <td>
        {difference !== undefined && (
          <>
            {formatDifference(difference.volumeMl)}
            <br />
            <span className="promptseg-muted">{formatChange(difference.fraction)}</span>
          </>
        )}
      </td>
      {hasDice && <td>{dice === undefined ? '–' : decimal(dice, 3)}</td>}
    </tr>
  );
}

/** Of volumes in mL, as the table's head says; marks on single images say their own unit. */
const figureOf = (cell: Size): string =>
  cell.volumeMl === undefined ? formatSize(cell) : formatMillilitres(cell.volumeMl);

/**
 * Dice coefficients by target, if two results on the same images are compared and the viewer holds the stored voxels of
 * both, so that the archive need not be read again. 0.3 s for a target of 512 × 512 × 300, so they are computed once
 * per pair.
 */
function useDice(
  rows: readonly ComparisonRow[],
  compared: ComparisonProps['compared'],
  { pixels }: Host,
  shown: readonly ShownResult[],
): ReadonlyMap<string, number> | undefined {
  const [known, setKnown] = useState<{ readonly pair: string; readonly dice: ReadonlyMap<string, number> }>();
  const [a, b] = compared;
  const isPossible =
    compared.length === 2 &&
    a?.result.imageSeries === b?.result.imageSeries &&
    compared.every(({ result }) => shownOf(result, shown)?.edited === false);
  const pair = isPossible ? compared.map(({ result }) => result.stored.sopInstanceUID).join(' ') : '';
  useEffect(() => {
    if (pair === '' || known?.pair === pair || pixels === undefined || a === undefined || b === undefined) return;
    const [pixelsOfA, pixelsOfB] = [
      pixels(a.result.stored.seriesInstanceUID),
      pixels(b.result.stored.seriesInstanceUID),
    ];
    const dice = rows.flatMap(({ target, cells: [cellOfA, cellOfB] }) => {
      if (cellOfA === undefined || cellOfB === undefined) return [];
      const value = diceOf(pixelsOfA, cellOfA.segmentNumber, pixelsOfB, cellOfB.segmentNumber);
      return value === undefined ? [] : [[target.id, value] as const];
    });
    setKnown({ pair, dice: new Map(dice) });
  }, [pair, known, pixels, rows, a, b]);
  return known !== undefined && known.pair === pair ? known.dice : undefined;
}
