import type { CompanionKind } from '#contract/job.js';
import type { Stage } from '#contract/jobState.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import type { EncodedResult, EncodedResults, ResultKind } from '../results/encodeResults.js';
import { besideSource } from './besideSource.js';
import { storeOnce } from './storeOnce.js';

export interface StoredObject {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly sopClassUID: string;
  readonly seriesDescription: string;
  readonly bytes: number;
}

/** The segmentation, and the objects that were requested with it. */
export interface StoredResults extends StoredObject {
  readonly studyInstanceUID: string;
  readonly alsoStored: readonly (StoredObject & { readonly kind: CompanionKind })[];
}

/**
 * Stores the objects of one request one after another; each is read back and compared before the next.
 *
 * If one fails, the earlier ones stay, and the error names them: each is useful without the later ones, and DICOMweb
 * cannot delete objects. No object refers to a later one, so there are no dangling references. Another attempt finds
 * the stored objects and continues with the rest.
 * @param source the series from which they were made; if the archive no longer has it, nothing is stored
 * @returns `foundBefore`: whether the archive already held all of them from an earlier attempt
 * @throws PromptsegError of {@link storeOnce} and {@link besideSource}, with what was stored before in the details
 * (`alreadyStored`)
 */
export async function storeResults(
  archive: Archive,
  source: { readonly studyInstanceUID: string; readonly seriesInstanceUID: string },
  results: EncodedResults,
  onStage: (stage: Stage) => void,
): Promise<{ readonly stored: StoredResults; readonly foundBefore: boolean }> {
  const { studyInstanceUID } = source;
  const taking = besideSource(archive, source);
  const done: EncodedResult[] = [];
  let foundBefore = true;
  for (const result of results) {
    onStage('storing');
    try {
      const outcome = await storeOnce(taking, { ...result, studyInstanceUID }, result.verify, () =>
        onStage('verifying'),
      );
      if (outcome === 'stored') foundBefore = false;
    } catch (error) {
      throw done.length > 0 && error instanceof PromptsegError ? namingStored(error, result, done) : error;
    }
    done.push(result);
  }
  const [segmentation, ...companions] = results;
  const alsoStored = companions.map((companion) => ({ kind: companion.kind, ...storedObject(companion) }));
  return { stored: { ...storedObject(segmentation), studyInstanceUID, alsoStored }, foundBefore };
}

const storedObject = ({
  part10,
  verify: _verify,
  kind: _kind,
  notes: _notes,
  ...rest
}: EncodedResult): StoredObject => ({
  ...rest,
  bytes: part10.byteLength,
});

const names: Readonly<Record<ResultKind, string>> = {
  segmentation: 'segmentation',
  'measurement-report': 'measurement report',
  'rt-structure-set': 'RT structure set',
  'secondary-capture': 'picture',
  report: 'report on one page',
  'presentation-state': 'presentation state',
};

function namingStored(error: PromptsegError, failed: EncodedResult, done: readonly EncodedResult[]): PromptsegError {
  const kept = done.map(({ kind }) => `the ${names[kind]}`).join(' and ');
  return new PromptsegError(
    error.code,
    `${error.message} This was the ${names[failed.kind]}; ${kept} of the same job ` +
      `${done.length > 1 ? 'are' : 'is'} in the archive.`,
    {
      cause: error,
      details: { ...error.details, alreadyStored: done.map(({ kind, sopInstanceUID }) => ({ kind, sopInstanceUID })) },
    },
  );
}
