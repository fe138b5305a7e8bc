import { readFile } from 'node:fs/promises';
import { SetupError } from '../setup/steps.mjs';

/** Orthanc stores four at a time hardly slower than one. */
const parallelUploads = 4;

/**
 * Stores the files that are not in the archive yet.
 *
 * @param {import('../setup/startOrthanc.mjs').Orthanc} orthanc
 * @param {readonly import('./dicomFolder.mjs').DicomFile[]} files
 * @param {(done: number, total: number) => void} onProgress
 * @returns {Promise<{ stored: number, alreadyThere: number }>}
 * @throws {SetupError} If the archive refuses one.
 */
export async function upload(orthanc, files, onProgress) {
  const there = new Set();
  for (const study of new Set(files.map(({ studyInstanceUID }) => studyInstanceUID))) {
    for (const uid of await storedInstances(orthanc, study)) there.add(uid);
  }
  const missing = files.filter(({ sopInstanceUID }) => !there.has(sopInstanceUID));
  let stored = 0;
  const queue = [...missing];
  const uploadNext = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const response = await fetch(`${orthanc.url}/instances`, {
        method: 'POST',
        headers: orthanc.headers,
        body: await readFile(next.file),
      });
      if (!response.ok)
        throw new SetupError(
          `The archive refused ${next.file} (status ${response.status}). Remove it from the folder.`,
        );
      await response.arrayBuffer();
      onProgress(++stored, missing.length);
    }
  };
  await Promise.all(Array.from({ length: parallelUploads }, uploadNext));
  return { stored, alreadyThere: files.length - missing.length };
}

/**
 * @param {import('../setup/startOrthanc.mjs').Orthanc} orthanc
 * @param {string} studyInstanceUID
 * @returns {Promise<string[]>} SOP Instance UIDs of a study in the archive; empty if it does not have the study.
 */
async function storedInstances({ dicomWebUrl, headers }, studyInstanceUID) {
  const response = await fetch(`${dicomWebUrl}/studies/${studyInstanceUID}/instances`, {
    headers: { ...headers, accept: 'application/dicom+json' },
  });
  if (!response.ok) return [];
  const instances = /** @type {{ '00080018'?: { Value?: string[] } }[]} */ (await response.json());
  return instances.flatMap((instance) => instance['00080018']?.Value ?? []);
}
