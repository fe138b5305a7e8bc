import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isFree } from '../setup/freePort.mjs';
import { isInstalledPackage } from '../setup/paths.mjs';
import { SetupError } from '../setup/steps.mjs';
import { demoStudies } from './studies.mjs';

export const usage = `${isInstalledPackage ? 'promptseg demo [OPTIONS]' : 'npm run demo [-- OPTIONS]'}
  --dicom FOLDER   segment your own images: the largest CT, MR or PET series in FOLDER (default: a synthetic head MR,
                   then a synthetic CT of the trunk)
  --prompt TEXT    what to segment; repeatable; without --dicom, in the head only
  --port NUMBER    port of the viewer and the REST API (default: 8460, or a free one)
  --once           stop everything after the result; exit code 0 if the job completed
  --help           show this`;

/**
 * @typedef {object} Task
 * @property {string} dicomFolder The study to segment.
 * @property {string | undefined} truthFolder Folder of a synthetic study with `truth/`, to compare the result with.
 * @property {readonly string[]} prompts
 *
 * @typedef {object} DemoOptions
 * @property {readonly Task[]} tasks Done one after the other.
 * @property {string[]} otherFolders Studies that are only loaded.
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
  const images = given.dicom === undefined ? shippedImages(given.prompt) : ownImages(given.dicom, given.prompt ?? []);
  for (const { dicomFolder } of images.tasks)
    if (!existsSync(dicomFolder)) throw new SetupError(`The folder ${dicomFolder} does not exist. Check the path.`);
  return { ...images, once: given.once ?? false, port: await readPort(given.port) };
}

/** @param {string[] | undefined} prompts */
function shippedImages(prompts) {
  const { segmented, others } = demoStudies();
  const chosen = prompts === undefined ? segmented : segmented.slice(0, 1);
  const loaded = [...segmented.slice(chosen.length), ...others];
  return {
    tasks: chosen.map((study) => ({
      dicomFolder: path.join(study.folder, 'instances'),
      truthFolder: study.hasTargets ? study.folder : undefined,
      prompts: prompts ?? study.prompts,
    })),
    otherFolders: loaded.map(({ folder }) => path.join(folder, 'instances')),
  };
}

/**
 * @param {string} folder
 * @param {string[]} prompts
 */
function ownImages(folder, prompts) {
  const dicomFolder = path.resolve(process.env.INIT_CWD ?? '.', folder);
  return { tasks: [{ dicomFolder, truthFolder: undefined, prompts }], otherFolders: [] };
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
