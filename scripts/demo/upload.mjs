import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SetupError } from '../setup/steps.mjs';

/**
 * Stores the files that are not in the archive yet, one after the other: of several first images of a study at once
 * tiny-pacs refuses all but one.
 *
 * @param {import('../setup/startOrthanc.mjs').StartedArchive} archive
 * @param {readonly import('./dicomFolder.mjs').DicomFile[]} files
 * @param {(done: number, total: number) => void} onProgress
 * @returns {Promise<{ stored: number, alreadyThere: number }>}
 * @throws {SetupError} If the archive refuses one.
 */
export async function upload(archive, files, onProgress) {
  const there = new Set();
  const series = new Map(files.map((file) => [file.seriesInstanceUID, file.studyInstanceUID]));
  for (const [seriesInstanceUID, studyInstanceUID] of series)
    for (const uid of await storedInstances(archive, studyInstanceUID, seriesInstanceUID)) there.add(uid);
  const missing = files.filter(({ sopInstanceUID }) => !there.has(sopInstanceUID));
  let stored = 0;
  for (const { file } of missing) {
    await store(archive, file);
    onProgress(++stored, missing.length);
  }
  return { stored, alreadyThere: files.length - missing.length };
}

/**
 * Stores one file with STOW-RS. Only 200 says that it is stored; 202 is for a part of several.
 *
 * @param {import('../setup/startOrthanc.mjs').StartedArchive} archive
 * @param {string} file
 */
async function store({ dicomWebUrl, headers }, file) {
  const boundary = randomUUID();
  const response = await fetch(`${dicomWebUrl}/studies`, {
    method: 'POST',
    headers: {
      ...headers,
      accept: 'application/dicom+json',
      'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
    },
    body: Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
      await readFile(file),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  });
  await response.arrayBuffer();
  if (response.status !== 200)
    throw new SetupError(`The archive refused ${file} (status ${response.status}). Remove it from the folder.`);
}

/**
 * Asked series by series: tiny-pacs lists no images of a whole study, and 1000 of a series unless asked for more.
 *
 * @param {import('../setup/startOrthanc.mjs').StartedArchive} archive
 * @param {string} studyInstanceUID
 * @param {string} seriesInstanceUID
 * @returns {Promise<string[]>} SOP Instance UIDs of a series in the archive; empty if it does not have the series.
 */
async function storedInstances({ dicomWebUrl, headers }, studyInstanceUID, seriesInstanceUID) {
  const response = await fetch(
    `${dicomWebUrl}/studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances?limit=10000`,
    { headers: { ...headers, accept: 'application/dicom+json' } },
  );
  if (response.status !== 200) return [];
  const instances = /** @type {{ '00080018'?: { Value?: string[] } }[]} */ (await response.json());
  return instances.flatMap((instance) => instance['00080018']?.Value ?? []);
}
