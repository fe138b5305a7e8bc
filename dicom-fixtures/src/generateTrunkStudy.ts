import { writeTrunkStudy } from './trunkStudy.js';

/** `npm run generate-trunk -w dicom-fixtures -- FOLDER`: from the output of `python -m body demo-study FOLDER`. */
const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('Specify the output folder of "python -m body demo-study".');
await writeTrunkStudy(source);
