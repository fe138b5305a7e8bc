/**
 * Agreement of the last job's findings with the truth of a synthetic study, as a table: Dice of the result read back
 * from the archive.
 *
 * @param {string} server Address of the Promptseg server.
 * @param {import('../setup/startOrthanc.mjs').StartedArchive} archive
 * @param {string} studyInstanceUID
 * @param {string} folder Folder of the study, with `truth/`.
 * @returns {Promise<string>} Empty if the job found nothing that is in the truth.
 */
export async function scoresOfLastJob(server, { dicomWebUrl, headers }, studyInstanceUID, folder) {
  const { createDicomWebArchive } = await import('../../server/dist/pacs/dicomWebArchive.js');
  const { readSegmentation } = await import('../../server/dist/results/readSegmentation.js');
  const { maskOfSegment } = await import('../../server/dist/results/maskOfSegment.js');
  const { diceOfBits } = await import('../../server/dist/values/maskBits.js');
  const { formatTable } = await import('../../server/dist/cli/terminal/table.js');
  const { bitsOfTarget, loadLabelledTruth } = await import('../../dicom-fixtures/dist/labelledStudy.js');

  const response = await fetch(`${server}/api/v1/segmentations?study=${studyInstanceUID}`);
  const [job] = /** @type {{ segmentations: import('../../server/dist/contract/job.js').Job[] }} */ (
    await response.json()
  ).segmentations;
  if (job?.result === undefined) return '';
  const { seriesInstanceUID, sopInstanceUID } = job.result;
  const archive = createDicomWebArchive({ baseUrl: dicomWebUrl, ...headers });
  const stored = await archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID);
  if (stored === undefined) return '';
  const segmentation = readSegmentation(stored);
  const truth = loadLabelledTruth(folder);
  const rows = job.findings.flatMap((finding) => {
    if (finding.status !== 'found') return [];
    const expected = bitsOfTarget(truth, finding.target.id);
    if (expected === undefined) return [];
    const { bits } = maskOfSegment(segmentation, finding.segmentNumber, truth.grid);
    return [[finding.target.name, diceOfBits(bits, expected).toFixed(3)]];
  });
  return rows.length === 0 ? '' : formatTable(['compared with the truth', 'Dice'], rows);
}
