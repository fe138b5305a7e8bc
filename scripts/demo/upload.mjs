import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SetupError } from '../setup/steps.mjs';

/** Orthanc stores four at a time hardly slower than one. */
const parallelUploads = 4;

/**
 * Stores the files that are not in the archive yet.
 *
 * @param {import('../setup/startOrthanc.mjs').StartedArchive} archive
 * @param {readonly import('./dicomFolder.mjs').DicomFile[]} files
 * @param {(done: number, total: number) => void} onProgress
 * @returns {Promise<{ stored: number, alreadyThere: number }>}
 * @throws {SetupError} If the archive refuses one.
 */
export async function upload(archive, files, onProgress) {
  const there = new Set();
  for (const study of new Set(files.map(({ studyInstanceUID }) => studyInstanceUID))) {
    for (const uid of await storedInstances(archive, study)) there.add(uid);
  }
  const missing = files.filter(({ sopInstanceUID }) => !there.has(sopInstanceUID));
  let stored = 0;
  const queue = [...missing];
  const uploadNext = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await store(archive, next.file);
      onProgress(++stored, missing.length);
    }
  };
  await Promise.all(Array.from({ length: parallelUploads }, uploadNext));
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
 * @param {import('../setup/startOrthanc.mjs').StartedArchive} archive
 * @param {string} studyInstanceUID
 * @returns {Promise<string[]>} SOP Instance UIDs of a study in the archive; empty if it does not have the study.
 */
async function storedInstances({ dicomWebUrl, headers }, studyInstanceUID) {
  const response = await fetch(`${dicomWebUrl}/studies/${studyInstanceUID}/instances`, {
    headers: { ...headers, accept: 'application/dicom+json' },
  });
  if (response.status !== 200) return [];
  const instances = /** @type {{ '00080018'?: { Value?: string[] } }[]} */ (await response.json());
  return instances.flatMap((instance) => instance['00080018']?.Value ?? []);
}
