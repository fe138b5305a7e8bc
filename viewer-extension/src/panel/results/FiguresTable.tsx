import { useId, useRef, useState } from 'react';
import { decimal, formatMean, formatSize } from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';
import { copyText } from '../copyText.js';
import { Dot } from '../Dot.js';
import {
  asTsv,
  commonMeasure,
  commonUnit,
  type FigureColumn,
  type FigureRow,
  figureColumns,
  figureRows,
  type Order,
  sortRows,
} from './figures.js';
import type { JobResult } from './results.js';
import { useReveal } from './useReveal.js';

const texts = laterStrings.figures;

/** The figures of a result as a table with headings and units, to sort and to copy; opened by a button. */
export function Figures({ result, onJump }: { result: JobResult; onJump: (segmentNumber: number) => void }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <button
        type="button"
        className="promptseg-link promptseg-opener"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
        data-promptseg="open-figures"
      >
        {isOpen ? texts.hide : texts.show}
      </button>
      <div id={id} hidden={!isOpen}>
        {isOpen && <FiguresTable result={result} onJump={onJump} />}
      </div>
    </>
  );
}

export function FiguresTable({ result, onJump }: { result: JobResult; onJump: (segmentNumber: number) => void }) {
  const [order, setOrder] = useState<Order>();
  const [copied, setCopied] = useState('');
  const block = useRef<HTMLDivElement>(null);
  useReveal(block);
  const rows = figureRows(result.findings);
  const headings = headingsOf(rows);
  const sorted = sortRows(rows, order);
  const sortBy = (column: FigureColumn) =>
    setOrder(
      order?.column === column ? { column, descending: !order.descending } : { column, descending: column !== 'name' },
    );
  const copy = async () => {
    const tsv = asTsv(
      sorted,
      figureColumns.map((column) => headings[column]),
    );
    setCopied((await copyText(tsv)) ? texts.copied : texts.notCopied);
  };
  return (
    <div ref={block} className="promptseg-figures-block" data-promptseg="figures">
      <div className="promptseg-table">
        <table>
          <thead>
            <tr>
              {figureColumns.map((column) => (
                <th
                  key={column}
                  scope="col"
                  aria-sort={order?.column !== column ? 'none' : order.descending ? 'descending' : 'ascending'}
                >
                  <button type="button" className="promptseg-cell" onClick={() => sortBy(column)}>
                    {headings[column]}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <Row key={row.finding.segmentNumber} row={row} measure={commonMeasure(rows)} onJump={onJump} />
            ))}
          </tbody>
        </table>
      </div>
      <div className="promptseg-buttons">
        <button type="button" className="promptseg-plain" onClick={() => void copy()} data-promptseg="copy-figures">
          {texts.copy}
        </button>
        <span role="status" className="promptseg-fine">
          {copied}
        </span>
      </div>
    </div>
  );
}

function Row({
  row: { finding, leftToRight },
  measure,
  onJump,
}: {
  row: FigureRow;
  measure: ReturnType<typeof commonMeasure>;
  onJump: (segmentNumber: number) => void;
}) {
  const { target, volumeMl, areaMm2, mean, longestAxialDiameterMm, segmentNumber } = finding;
  const size = { volume: volumeMl, area: areaMm2, pixels: undefined }[measure];
  return (
    <tr>
      <th scope="row">
        <button type="button" className="promptseg-cell" onClick={() => onJump(segmentNumber)}>
          <Dot colour={target.displayColour} /> {target.name}
        </button>
      </th>
      <td>{size === undefined ? formatSize(finding) : decimal(size, size < 9.995 ? 2 : 1)}</td>
      <td>{mean === undefined ? '–' : formatMean({ mean })}</td>
      <td>{longestAxialDiameterMm === undefined ? '–' : decimal(longestAxialDiameterMm, 1)}</td>
      <td>{leftToRight === undefined ? '' : decimal(leftToRight, 2)}</td>
    </tr>
  );
}

function headingsOf(rows: readonly FigureRow[]): Readonly<Record<FigureColumn, string>> {
  const unit = commonUnit(rows);
  return {
    name: texts.structure,
    size: texts.size[commonMeasure(rows)],
    mean: unit === 'arbitrary' || unit === '' ? texts.meanWithoutUnit : texts.mean(unit),
    diameter: texts.diameter,
    leftToRight: texts.leftToRight,
  };
}
