import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Job } from '#contract/job.js';
import { type MeasuredRow, measuredColumns, rowsOf } from '../../jobs/routes/measurementsCsv.js';
import { csvLine } from '../../platform/csv.js';
import type { Member } from './chooseSeries.js';
import type { SeriesProgress } from './cohortFolder.js';

/** A series with its outcome. */
export interface EndedSeries extends Member {
  readonly progress: Extract<SeriesProgress, { readonly state: 'refused' | 'ended' }>;
}

/** A finding or an instance, or a series without one: it was refused, failed, or shows none of the targets. */
interface Row extends EndedSeries {
  readonly job?: Job;
  readonly measured?: MeasuredRow;
}

type Cell = string | number | undefined;

const columns: Readonly<Record<string, (row: Row) => Cell>> = {
  study_instance_uid: ({ studyInstanceUID }) => studyInstanceUID,
  series_instance_uid: ({ seriesInstanceUID }) => seriesInstanceUID,
  state: ({ job }) => job?.state ?? 'refused',
  error_code: ({ progress, job }) => (progress.state === 'refused' ? progress.code : job?.problem?.code),
  error: ({ progress, job }) => (progress.state === 'refused' ? progress.reason : job?.problem?.detail),
  ...Object.fromEntries(
    Object.entries(measuredColumns).map(([name, cellOf]) => [
      name === 'status' ? 'finding' : name,
      ({ measured }: Row): Cell => measured && cellOf(measured),
    ]),
  ),
  segmentation_instance_uid: ({ job }) => job?.result?.sopInstanceUID,
  model: ({ job }) => job?.model?.id,
  model_version: ({ job }) => job?.model?.version,
  job: ({ job }) => job?.id,
  created_at: ({ job }) => job?.createdAt,
};

/** The table of a cohort: a row for each finding, each of its instances, and each series without any finding. */
export interface CohortTable {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export function tableOf(series: readonly EndedSeries[]): CohortTable {
  const rows = series.flatMap((each): Row[] => {
    if (each.progress.state === 'refused') return [each];
    const { job } = each.progress;
    return job.findings.length === 0
      ? [{ ...each, job }]
      : job.findings.flatMap(rowsOf).map((measured) => ({ ...each, job, measured }));
  });
  return { names: Object.keys(columns), rows: rows.map((row) => Object.values(columns).map((cellOf) => cellOf(row))) };
}

export const tableAsCsv = ({ names, rows }: CohortTable): string => [names, ...rows].map(csvLine).join('');

/** Apache Parquet; an empty cell is null. Columns without any number are text. */
export function tableAsParquet({ names, rows }: CohortTable): Uint8Array {
  const columnData = names.map((name, place) => {
    const data = rows.map((row) => row[place] ?? null);
    const isText = data.every((cell) => typeof cell !== 'number');
    return { name, data, type: isText ? ('STRING' as const) : ('DOUBLE' as const), nullable: true };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
