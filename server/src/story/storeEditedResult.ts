import { createHash } from 'node:crypto';
import { parseInstance } from '../dicom/dicomInstance.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import { type ComparedSegment, compareSegments } from '../results/compareSegments.js';
import { decodeSegmentation } from '../results/decodeSegmentation.js';
import type { ReadSegmentation } from '../results/readSegmentation.js';
import { derivedUID } from '../results/resultModules.js';
import { verifyStored } from '../results/verifyStored.js';
import { voxelCount } from '../values/grid.js';
import type { Operator } from '../values/operator.js';
import type { Volume } from '../values/volume.js';
import { besideSource } from './besideSource.js';
import { describeVersionOf, measureVersion, type Predecessor, type VersionFinding } from './describeVersion.js';
import { encodeVersion } from './encodeVersion.js';
import { readResult } from './readResult.js';
import type { LastSource } from './retrieveSource.js';
import { storeOnce } from './storeOnce.js';
import type { StoredObject } from './storeResults.js';

export interface EditRequest {
  /** The segmentation that was edited, and its images. */
  readonly predecessor: Predecessor;
  /** The segmentation object as the viewer wrote it. */
  readonly part10: Uint8Array;
  readonly createdAt: Date;
  /** Who edited it; absent if nobody was signed in. */
  readonly operator?: Operator | undefined;
}

export interface StoredEdit extends StoredObject {
  readonly findings: readonly VersionFinding[];
  /** Labels of the predecessor's segments that were removed. */
  readonly removed: readonly string[];
}

/**
 * Stores a segmentation that was edited in a viewer as a new object that names its predecessor, encoded by our encoder
 * on the slices of the images. The voxels come from the viewer; codes, labels, colours and tracking identifiers from
 * the predecessor. The UIDs are derived from the predecessor and the edited voxels, so the same edit is stored only
 * once.
 * @throws PromptsegError `edit-unsuitable` (another study, series, frame of reference, size or position), `edit-empty`,
 * `edit-without-change`, `segmentation-unreadable`, `instance-unreadable`, and those of `readResult`, `storeOnce` and
 * `besideSource`
 */
export async function storeEditedResult(
  { predecessor, part10, createdAt, operator }: EditRequest,
  { archive, lastSource, signal }: { archive: Archive; lastSource: LastSource; signal: AbortSignal },
): Promise<StoredEdit> {
  const edited = await readEdited(part10);
  const { volume, segmentation: before } = await readResult(archive, predecessor, lastSource, signal);
  requireSuitable(edited, volume);
  if (edited.segments.length * voxelCount(volume.grid) > maximumBits)
    throw new PromptsegError('edit-unsuitable', 'The edited segmentation claims to have absurdly many segments.', {
      details: { segments: edited.segments.length },
    });

  const { segments, removed } = compareSegments(edited, before, volume.grid);
  if (segments.length === 0)
    throw new PromptsegError('edit-empty', 'No segment of the edited segmentation has a voxel.');
  if (removed.length === 0 && segments.every(({ change }) => change === 'unchanged'))
    throw new PromptsegError('edit-without-change', 'The edited segmentation is the same as the stored one.');

  const sopInstanceUID = derivedUID(before.sopInstanceUID, `edited ${contentHash(segments)}`);
  const seriesInstanceUID = derivedUID(sopInstanceUID, 'series');
  const described = segments.map((compared, index) =>
    describeVersionOf(compared, predecessor.findings, derivedUID(sopInstanceUID, `segment ${index + 1}`)),
  );
  const { encoded, seriesDescription } = await encodeVersion(
    {
      before,
      predecessor,
      volume,
      segments: described,
      identifiers: { sopInstanceUID, seriesInstanceUID },
      createdAt,
      operator,
    },
    archive,
    signal,
  );
  const { studyInstanceUID } = volume;
  await storeOnce(besideSource(archive, volume), { ...encoded, studyInstanceUID }, verifyStored, () => {});

  const { sopClassUID, part10: stored } = encoded;
  return {
    seriesInstanceUID,
    sopInstanceUID,
    sopClassUID,
    seriesDescription,
    bytes: stored.byteLength,
    findings: measureVersion(described, volume),
    removed: removed.map(({ label }) => label),
  };
}

/** Bits of all frames, or of all masks: 100 segments on 300 slices of 512 × 512 need half of it. */
const maximumBits = 2 ** 34;

async function readEdited(part10: Uint8Array): Promise<ReadSegmentation> {
  const { rows, columns, numberOfFrames, bitsAllocated } = parseUploaded(part10);
  if (!(rows * columns * numberOfFrames * bitsAllocated <= maximumBits))
    throw new PromptsegError('edit-unsuitable', 'The edited segmentation claims to have absurdly many pixels.', {
      details: { rows, columns, numberOfFrames },
    });
  return decodeSegmentation(part10);
}

function parseUploaded(part10: Uint8Array) {
  try {
    const { rows, columns, numberOfFrames, bitsAllocated } = parseInstance(part10);
    return { rows, columns, numberOfFrames, bitsAllocated };
  } catch (cause) {
    if (!(cause instanceof PromptsegError)) throw cause;
    throw new PromptsegError('segmentation-unreadable', 'What was sent is not a complete DICOM segmentation.', {
      cause,
    });
  }
}

function requireSuitable(edited: ReadSegmentation, volume: Volume): void {
  const unsuitable = (what: string) => new PromptsegError('edit-unsuitable', `The edited segmentation ${what}.`);
  if (edited.studyInstanceUID !== volume.studyInstanceUID) throw unsuitable('belongs to another study');
  const { frameOfReferenceUID, referencedSeries, frames } = edited;
  // If the images name no frame of reference, or each another, viewers write what they like.
  const isNamed = frameOfReferenceUID !== undefined && !volume.frameOfReferenceIsAssumed;
  if (isNamed && frameOfReferenceUID !== volume.frameOfReferenceUID)
    throw unsuitable('is in another frame of reference');
  if (
    referencedSeries.length > 0 &&
    !referencedSeries.some((each) => each.seriesInstanceUID === volume.seriesInstanceUID)
  )
    throw unsuitable('was made on another series of images');
  const [columns, rows] = volume.grid.size;
  if (edited.rows !== rows || edited.columns !== columns)
    throw unsuitable(`has frames of ${edited.columns} × ${edited.rows} pixels, its images have ${columns} × ${rows}`);
  const images = new Set(volume.sourceImages.map(({ sopInstanceUID }) => sopInstanceUID));
  if (frames.some(({ sourceImages }) => sourceImages.some(({ sopInstanceUID }) => !images.has(sopInstanceUID))))
    throw unsuitable('refers to images that are not those of the result');
}

/** The same for the same voxels of the same segments, no matter which viewer wrote them. */
function contentHash(segments: readonly ComparedSegment[]): string {
  const hash = createHash('sha256');
  for (const { segment, mask, predecessor } of segments) {
    const name = predecessor
      ? `segment ${predecessor.number}`
      : `added ${JSON.stringify([segment.label, segment.type])}`;
    hash.update(`${name} ${mask.bits.length}\n`).update(mask.bits);
  }
  return hash.digest('hex');
}
