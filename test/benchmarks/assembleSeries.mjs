/**
 * One process of the benchmark: retrieves a series and assembles its volume several times; prints milliseconds and peak
 * memory as JSON. Arguments: DICOMweb root, Study Instance UID, Series Instance UID, number of runs.
 */
import { readFileSync } from 'node:fs';
import { createDicomWebArchive } from '../../server/dist/pacs/dicomWebArchive.js';
import { assembleVolume } from '../../server/dist/volume/assembleVolume.js';

const [baseUrl = '', study = '', series = '', runs = '1'] = process.argv.slice(2);
const archive = createDicomWebArchive({ baseUrl });
const baseMegabytes = process.memoryUsage().rss / 2 ** 20;
const { signal } = new AbortController();
const milliseconds = [];
let voxelMegabytes = 0;
for (let run = 0; run < Number(runs); run++) {
  const start = performance.now();
  const { voxels } = await assembleVolume(archive.retrieveSeries(study, series, signal), { signal });
  milliseconds.push(performance.now() - start);
  voxelMegabytes = voxels.byteLength / 2 ** 20;
}
// getrusage's maximum would count the parent's memory at the fork; the kernel starts VmHWM again with the program.
const peakMegabytes = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
process.stdout.write(JSON.stringify({ milliseconds, baseMegabytes, peakMegabytes, voxelMegabytes }));
