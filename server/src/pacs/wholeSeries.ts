import { readIdentity } from '../dicom/instanceIdentity.js';
import { PromptsegError } from '../platform/errors.js';
import type { Archive, SeriesSummary } from './archive.js';
import { type ListedInstances, listInstances } from './listInstances.js';

type SeriesUIDs = Pick<SeriesSummary, 'studyInstanceUID' | 'seriesInstanceUID'>;

export interface WholeSeriesOptions {
  readonly signal: AbortSignal;
  /** Receives a sentence about each irregularity. */
  readonly onNote: (note: string) => void;
}

/**
 * A series that is still arriving grows in every round. Its job fails and is retried later, instead of waiting.
 */
const maximumRounds = 3;

/** Instances that are requested at the same time where a series comes one by one: each takes a round trip or more. */
const requestedAtOnce = 6;

/**
 * Yields every instance of a series once: as many as the archive counts, or all that it lists if it does not count them
 * or the counts differ.
 *
 * Instances missing in the response (WADO-RS may be served from a cache or a replica that is behind; some archives have
 * it for instances only) are retrieved one by one. An instance that arrives twice is yielded once; one of another
 * series is skipped. After the last instance the archive is asked again, to notice a series that has grown meanwhile.
 *
 * @returns Part 10 files in order of arrival, including those without a UID: their reader reports what is wrong
 * @throws PromptsegError `series-incomplete` if an instance cannot be retrieved or the series keeps growing;
 * `series-mixed` if the archive sends only images of another series; the errors of `Archive`
 */
export async function* retrieveWholeSeries(
  archive: Archive,
  series: SeriesUIDs,
  { signal, onNote }: WholeSeriesOptions,
): AsyncGenerator<Uint8Array> {
  const { studyInstanceUID, seriesInstanceUID } = series;
  /** By SOP Instance UID. The reader keeps the files in memory anyway. */
  const delivered = new Map<string, Uint8Array>();
  let [foreign, repeated, unnamed, retrievedAlone] = [0, 0, 0, 0];

  function isWanted(part10: Uint8Array): boolean {
    const identity = readIdentity(part10);
    if (identity === undefined) {
      unnamed++;
      return true;
    }
    if (identity.seriesInstanceUID !== seriesInstanceUID || identity.studyInstanceUID !== studyInstanceUID) {
      foreign++;
      return false;
    }
    const before = delivered.get(identity.sopInstanceUID);
    if (before !== undefined) {
      if (!Buffer.from(before.buffer, before.byteOffset, before.byteLength).equals(part10)) throw twoUnderOneUid();
      repeated++;
      return false;
    }
    delivered.set(identity.sopInstanceUID, part10);
    return true;
  }

  let saidPartial = false;
  try {
    for await (const part10 of archive.retrieveSeries(studyInstanceUID, seriesInstanceUID, signal))
      if (isWanted(part10)) yield part10;
  } catch (error) {
    if (!(error instanceof PromptsegError) || error.code !== 'series-incomplete') throw error;
    saidPartial = true;
  }
  const notAsWhole = saidPartial && delivered.size + unnamed + foreign === 0;
  for (let round = 0; ; round++) {
    const { missing, note, whole } = await compare(archive, series, delivered, { unnamed, saidPartial, signal });
    if (whole) {
      if (note !== undefined) onNote(note);
      break;
    }
    let found = 0;
    if (round < maximumRounds)
      for await (const part10 of severalAtOnce(missing, (sopInstanceUID) =>
        archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID, signal),
      )) {
        if (part10 === undefined || !isWanted(part10)) continue;
        found++;
        yield part10;
      }
    retrievedAlone += found;
    if (found === 0) throw foreign > 0 && delivered.size === 0 ? otherSeries() : incomplete(delivered.size, missing);
  }
  delivered.clear();
  if (notAsWhole && retrievedAlone > 0)
    onNote(`The archive does not deliver series as a whole; all ${retrievedAlone} images were retrieved one by one.`);
  else if (retrievedAlone > 0)
    onNote(`The archive left ${images(retrievedAlone)} out of the series at first; retrieved one by one, all arrived.`);
  for (const note of notesOn({ foreign, repeated })) onNote(note);
}

/** The results of `ask` in the order of `asked`, with a few requests under way at any time. */
async function* severalAtOnce<Asked, Result>(
  asked: readonly Asked[],
  ask: (each: Asked) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  for (const each of asked) {
    const asking = ask(each);
    // Its turn comes later; until then its failure is not an unhandled one.
    asking.catch(() => {});
    underWay.push(asking);
    if (underWay.length === requestedAtOnce) yield await underWay.shift()!;
  }
  for (const asking of underWay) yield await asking;
}

interface Comparison {
  readonly whole: boolean;
  /** SOP Instance UIDs that the archive lists and did not deliver. */
  readonly missing: readonly string[];
  readonly note?: string;
}

async function compare(
  archive: Archive,
  { studyInstanceUID, seriesInstanceUID }: SeriesUIDs,
  delivered: ReadonlyMap<string, unknown>,
  { unnamed, saidPartial, signal }: { unnamed: number; saidPartial: boolean; signal: AbortSignal },
): Promise<Comparison> {
  const { numberOfInstances: counted } = await archive.findSeries(studyInstanceUID, seriesInstanceUID, signal);
  const got = delivered.size + unnamed;
  if (counted === got && !saidPartial) return { whole: true, missing: [] };

  const missingOf = (listed: ListedInstances) => listed.filter((uid) => !delivered.has(uid));
  const listed = await listInstances(archive, { studyInstanceUID, seriesInstanceUID }, { counted, got }, signal);
  const missing = missingOf(listed);
  if (missing.length > unnamed) return { whole: false, missing };
  if (listed.length === 0 && (saidPartial || (counted ?? 0) > got)) return { whole: false, missing: [] };
  if (listed.length === 0 && counted === undefined)
    return {
      whole: true,
      missing: [],
      note:
        `The archive neither counts nor lists the images of a series: whether the ${got} that it delivered ` +
        'are all cannot be checked.',
    };
  return counted === undefined || counted === got
    ? { whole: true, missing: [] }
    : {
        whole: true,
        missing: [],
        note:
          `The archive counts ${counted} images in the series, but ` +
          `${listed.length === 0 ? '' : `lists ${listed.length} and `}delivers ${got}; these were used.`,
      };
}

const images = (count: number): string => (count === 1 ? '1 image' : `${count} images`);

function notesOn({ foreign, repeated }: Readonly<Record<string, number>>): string[] {
  return [
    ...(repeated! > 0 ? [`The archive delivered ${images(repeated!)} of the series more than once; used once.`] : []),
    ...(foreign! > 0 ? [`The archive delivered ${images(foreign!)} of another series as well; left out.`] : []),
  ];
}

function incomplete(delivered: number, missing: readonly string[]): PromptsegError {
  const expected = missing.length > 0 ? ` of ${delivered + missing.length}` : '';
  return new PromptsegError(
    'series-incomplete',
    `The archive delivered only ${delivered}${expected} images of the series, even when asked again. Part of a ` +
      'series is not segmented.',
    { details: { delivered, missing: missing.length, missingSOPInstanceUIDs: missing.slice(0, 20) } },
  );
}

const otherSeries = (): PromptsegError =>
  new PromptsegError('series-mixed', 'The archive delivers images of another series instead of the requested one.');

const twoUnderOneUid = (): PromptsegError =>
  new PromptsegError(
    'archive-broken-answer',
    'The archive delivered two different images under one SOP Instance UID: which is right cannot be known.',
  );
