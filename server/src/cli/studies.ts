import type { Command } from 'commander';
import { type DicomJson, firstText, numbersOf, textsOf, valuesOf } from '#contract/dicomJson.js';
import { PromptsegError } from '../platform/errors.js';
import { callsServer, type ServerOptions } from './options.js';
import { searchArchive } from './searchArchive.js';
import { print } from './terminal/print.js';
import { formatTable } from './terminal/table.js';
import { wholeNumber } from './terminal/wholeNumber.js';

interface StudiesOptions extends ServerOptions {
  readonly modality?: string;
  readonly date?: string;
  readonly description?: string;
  readonly limit: string;
  /** Also print Patient's Name and Patient ID. */
  readonly identifiers?: boolean;
}

/** A study as `promptseg studies --json` prints it. */
interface ListedStudy {
  readonly studyInstanceUID: string;
  /** 2026-01-31; empty if the archive does not state it. */
  readonly date: string;
  readonly modalities: readonly string[];
  readonly description: string;
  readonly numberOfSeries?: number;
  readonly patientName?: string;
  readonly patientID?: string;
}

/** A series as `promptseg series --json` prints it. */
interface ListedSeries {
  readonly seriesInstanceUID: string;
  readonly number?: number;
  readonly modality: string;
  readonly description: string;
  readonly bodyPartExamined: string;
  readonly numberOfImages?: number;
}

export function addStudyCommands(program: Command): void {
  callsServer(
    program
      .command('studies')
      .description('list studies of the archive, newest first, without names of patients')
      .option('--modality <name>', 'with series of this modality')
      .option('--date <day or range>', '2026-01-31, 2026-01-01..2026-01-31, 2026-01-01..')
      .option('--description <text>', 'whose description contains this text')
      .option('--identifiers', "also print Patient's Name and Patient ID")
      .option('--limit <number>', 'maximum number', '50'),
  ).action(studiesCommand);
  callsServer(
    program
      .command('series')
      .description('list the series of a study')
      .requiredOption('--study <uid>', 'Study Instance UID')
      .option('--modality <name>', 'of this modality'),
  ).action(seriesCommand);
}

/** Maximum number of requested matches; more than are shown, because the archive does not sort them. */
const mostAsked = 1000;

/** `promptseg studies`: the studies of the server's archive, newest first. */
async function studiesCommand({ server, json, identifiers, limit, ...filter }: StudiesOptions): Promise<void> {
  const most = wholeNumber(limit, '--limit');
  const { modality, date, description } = filter;
  const found = await searchArchive(server, '/studies', {
    ...(modality !== undefined && { ModalitiesInStudy: modality.toUpperCase() }),
    ...(date !== undefined && { StudyDate: dateRange(date) }),
    ...(description !== undefined && { StudyDescription: `*${description}*` }),
    includefield: '00080061,00081030,00201206',
    limit: String(mostAsked),
  });
  const studies = found
    .map((study) => listedStudy(study, identifiers ?? false))
    .sort((a, b) => b.date.localeCompare(a.date))
    .slice(0, most);
  print(json, studies, () =>
    [
      formatTable(
        ['date', 'modalities', 'series', 'description', ...(identifiers ? ['patient', 'patient ID'] : []), 'study'],
        studies.map(({ date, modalities, numberOfSeries, description, patientName, patientID, studyInstanceUID }) => [
          date,
          modalities.join(', '),
          numberOfSeries ?? '',
          description,
          ...(identifiers ? [patientName ?? '', patientID ?? ''] : []),
          studyInstanceUID,
        ]),
      ),
      ...(found.length > studies.length ? [more(found.length, studies.length)] : []),
    ].join('\n\n'),
  );
}

const more = (found: number, shown: number): string =>
  `${shown} of ${found >= mostAsked ? `${mostAsked} or more` : found} studies. ` +
  'Narrow the search with --date, --modality or --description.';

/** `promptseg series --study UID`: ordered by Series Number. */
async function seriesCommand({
  server,
  json,
  study,
  modality,
}: ServerOptions & { readonly study: string; readonly modality?: string }): Promise<void> {
  if (!/^[0-9.]{1,64}$/.test(study))
    throw new PromptsegError('options-invalid', 'A Study Instance UID consists of digits and dots.');
  const found = await searchArchive(server, `/studies/${study}/series`, {
    ...(modality !== undefined && { Modality: modality.toUpperCase() }),
    includefield: '00080060,0008103E,00180015,00200011,00201209',
  });
  if (found.length === 0)
    throw new PromptsegError('study-not-found', 'The archive does not have this study, or no such series in it.');
  const series = found.map(listedSeries).sort((a, b) => (a.number ?? Infinity) - (b.number ?? Infinity));
  print(json, series, () =>
    formatTable(
      ['number', 'modality', 'body part', 'images', 'description', 'series'],
      series.map(({ number, modality: name, bodyPartExamined, numberOfImages, description, seriesInstanceUID }) => [
        number ?? '',
        name,
        bodyPartExamined,
        numberOfImages ?? '',
        description,
        seriesInstanceUID,
      ]),
    ),
  );
}

function listedStudy(study: DicomJson, identifiers: boolean): ListedStudy {
  const [numberOfSeries] = numbersOf(study, '00201206');
  return {
    studyInstanceUID: firstText(study, '0020000D'),
    date: firstText(study, '00080020').replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'),
    modalities: valuesOf(study, '00080061').flatMap(textsOf),
    description: firstText(study, '00081030'),
    ...(numberOfSeries !== undefined && { numberOfSeries }),
    ...(identifiers && { patientName: firstText(study, '00100010'), patientID: firstText(study, '00100020') }),
  };
}

function listedSeries(series: DicomJson): ListedSeries {
  const [number] = numbersOf(series, '00200011');
  const [numberOfImages] = numbersOf(series, '00201209');
  return {
    seriesInstanceUID: firstText(series, '0020000E'),
    modality: firstText(series, '00080060'),
    description: firstText(series, '0008103E'),
    bodyPartExamined: firstText(series, '00180015'),
    ...(number !== undefined && { number }),
    ...(numberOfImages !== undefined && { numberOfImages }),
  };
}

/** A day, or a range whose start or end may be missing: "2026-01-01..2026-01-31", "2026-01-01..". */
export function dateRange(text: string): string {
  const days = text.split('..').map((day) => day.replaceAll('-', ''));
  const isDay = (day: string): boolean => /^\d{8}$/.test(day);
  const isRange = days.length === 2 && days.some(isDay) && days.every((day) => day === '' || isDay(day));
  if (isRange || (days.length === 1 && isDay(days[0]!))) return days.join('-');
  throw new PromptsegError('options-invalid', `${text} is not a day or a range such as 2026-01-01..2026-01-31.`);
}
