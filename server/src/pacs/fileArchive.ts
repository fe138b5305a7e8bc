import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DicomJson } from '#contract/dicomJson.js';
import { parseBeginning } from '../dicom/dicomInstance.js';
import { PromptsegError, throwIfCancelled } from '../platform/errors.js';
import { writeNewFile } from '../platform/writeNewFile.js';
import type { Archive } from './archive.js';
import type { SeriesOfFiles } from './scanFolder.js';

export interface StoredFile {
  readonly name: string;
  readonly sopInstanceUID: string;
}

/** One series of files with the interface of an archive. */
export interface FileArchive extends Archive {
  /** The stored files, in order. */
  readonly stored: readonly StoredFile[];
}

/**
 * @param folder for results, which are named by modality ({@link fileNames}); the files of the series are never written
 */
export function createFileArchive({ summary, files }: SeriesOfFiles, folder: string): FileArchive {
  const stored: StoredFile[] = [];
  const isSeries = (study: string, series: string): boolean =>
    study === summary.studyInstanceUID && series === summary.seriesInstanceUID;
  const listed = (): readonly DicomJson[] =>
    files.map(({ sopInstanceUID, sopClassUID }) => ({
      '00080016': { vr: 'UI', Value: [sopClassUID] },
      '00080018': { vr: 'UI', Value: [sopInstanceUID] },
      '00080060': { vr: 'CS', Value: summary.modality === '' ? [] : [summary.modality] },
    }));

  return {
    stored,
    async ping() {},
    async findSeries(study, series) {
      if (isSeries(study, series)) return summary;
      throw new PromptsegError('series-not-found', 'These files belong to another series.');
    },
    listSeries: async () => [summary],
    query: async () => listed(),
    retrieveMetadata: async (_study, _series, sopInstanceUID) =>
      listed().filter((each) => sopInstanceUID === undefined || each['00080018']?.Value?.[0] === sopInstanceUID),
    async *retrieveSeries(_study, _series, signal) {
      for (const { path: file } of files) {
        throwIfCancelled(signal);
        yield await read(file);
      }
    },
    async retrieveInstance(_study, _series, sopInstanceUID) {
      const result = stored.find((each) => each.sopInstanceUID === sopInstanceUID);
      if (result !== undefined) return read(path.join(folder, result.name));
      const source = files.find((each) => each.sopInstanceUID === sopInstanceUID);
      return source && read(source.path);
    },
    // biome-ignore lint/correctness/useYield: there are no frames to yield
    async *retrieveFrames() {
      throw new PromptsegError('slide-needs-archive', 'Single frames are not read from files.');
    },
    async store(_study, part10) {
      const instance = parseBeginning(part10, 'x00080060');
      const name = fileNames[instance.string('x00080060') ?? ''] ?? `${instance.sopInstanceUID}.dcm`;
      await writeNewFile(path.join(folder, name), part10, name);
      stored.push({ name, sopInstanceUID: instance.sopInstanceUID });
    },
  };
}

/** File names of results, by modality. */
const fileNames: Readonly<Record<string, string>> = {
  SEG: 'segmentation.dcm',
  SR: 'measurement-report.dcm',
  RTSTRUCT: 'rt-structure-set.dcm',
  OT: 'secondary-capture.dcm',
  DOC: 'report.dcm',
  PR: 'presentation-state.dcm',
};

async function read(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new PromptsegError('input-unusable', `${file} cannot be read (${cause.code}).`, { cause });
  });
}
