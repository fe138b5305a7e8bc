import { writeHeadStudy } from './headStudy.js';

/** `npm run generate-head -w dicom-fixtures -- FOLDER`: from the output of `python -m training head-study FOLDER`. */
const [source] = process.argv.slice(2);
if (source === undefined) throw new Error('Specify the output folder of "python -m training head-study".');
await writeHeadStudy(source);
