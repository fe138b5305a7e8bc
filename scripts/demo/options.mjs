import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isFree } from '../setup/freePort.mjs';
import { isInstalledPackage } from '../setup/paths.mjs';
import { SetupError } from '../setup/steps.mjs';
import { demoStudies } from './studies.mjs';

export const usage = `${isInstalledPackage ? 'promptseg demo [OPTIONS]' : 'npm run demo [-- OPTIONS]'}
  --dicom FOLDER   segment your own images: the largest CT, MR or PET series in FOLDER (default: a synthetic head MR)
  --prompt TEXT    what to segment; repeatable
  --port NUMBER    port of the viewer and the REST API (default: 8460, or a free one)
  --once           stop everything after the result; exit code 0 if the job completed
  --help           show this`;

/**
 * @typedef {object} DemoOptions
 * @property {string} dicomFolder The study to segment.
 * @property {string[]} otherFolders Studies that are only loaded.
 * @property {string | undefined} truthFolder Folder of a synthetic study with `truth/`, to compare the result with.
 * @property {string[]} prompts
 * @property {boolean} once
 * @property {number | undefined} port Undefined: the usual one, or a free one if it is taken.
 */

/**
 * @param {string[]} args
 * @returns {Promise<DemoOptions | 'help'>}
 * @throws {SetupError} For invalid options, before anything is set up.
 */
export async function readOptions(args) {
  const given = parse(args);
  if (given.help) return 'help';
  if (given.dicom !== undefined && given.prompt === undefined) {
    throw new SetupError('Name what to segment in your images: --prompt "left lung and bone".');
  }
  const images = given.dicom === undefined ? shippedImages() : ownImages(given.dicom);
  if (!existsSync(images.dicomFolder))
    throw new SetupError(`The folder ${images.dicomFolder} does not exist. Check the path.`);
  return {
    ...images,
    prompts: given.prompt ?? images.prompts,
    once: given.once ?? false,
    port: await readPort(given.port),
  };
}

function shippedImages() {
  const { first, others } = demoStudies();
  return {
    dicomFolder: path.join(first.folder, 'instances'),
    otherFolders: others.map(({ folder }) => path.join(folder, 'instances')),
    truthFolder: first.hasTargets ? first.folder : undefined,
    prompts: first.prompts,
  };
}

/** @param {string} folder */
function ownImages(folder) {
  const dicomFolder = path.resolve(process.env.INIT_CWD ?? '.', folder);
  return { dicomFolder, otherFolders: [], truthFolder: undefined, prompts: [] };
}

/** @param {string[]} args */
function parse(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        dicom: { type: 'string' },
        prompt: { type: 'string', multiple: true },
        port: { type: 'string' },
        once: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

/** @param {string | undefined} given */
async function readPort(given) {
  if (given === undefined) return undefined;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new SetupError(`"${given}" is not a port. Give --port a number from 1 to 65535.`);
  if (!(await isFree(port))) throw new SetupError(`Port ${port} is in use. Choose another, or leave out --port.`);
  return port;
}
