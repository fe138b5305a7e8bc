import { existsSync } from 'node:fs';
import path from 'node:path';
import { repository } from '../setup/paths.mjs';

/**
 * @typedef {object} DemoStudy
 * @property {string} model Id of the model package that segments it.
 * @property {string} folder Holds `instances/` and `truth/`.
 * @property {string[]} prompts
 * @property {boolean} hasTargets Whether its truth maps labels to the model's targets.
 */

const generated = path.join(repository, 'dicom-fixtures/generated');

/** The shipped studies, the most instructive first. @type {readonly DemoStudy[]} */
const shipped = [
  {
    model: 'head',
    folder: path.join(generated, 'head-mr'),
    prompts: ['left hippocampus and ventricles', 'brain stem', 'right thalamus'],
    hasTargets: true,
  },
  {
    model: 'body',
    folder: path.join(generated, 'trunk-ct'),
    prompts: ['liver, spleen and kidneys'],
    hasTargets: true,
  },
  {
    model: 'ct-tissues',
    folder: path.join(generated, 'ct-body-phantom'),
    prompts: ['lungs, airways, bone and fat'],
    hasTargets: false,
  },
];

/**
 * The studies that the demo segments, in this order, and the others that it only loads. The phantom is segmented where
 * no trained model is installed.
 *
 * @param {string} models Folder with the model packages; a package may be missing.
 * @returns {{ segmented: readonly DemoStudy[], others: readonly DemoStudy[] }}
 */
export function demoStudies(models = process.env.PROMPTSEG_MODELS ?? path.join(repository, 'models')) {
  const isInstalled = (/** @type {DemoStudy} */ { model }) => existsSync(path.join(models, model, 'model.json'));
  const trained = shipped.filter((study) => study.hasTargets && isInstalled(study));
  const segmented = trained.length > 0 ? trained : shipped.slice(-1);
  return { segmented, others: shipped.filter((study) => !segmented.includes(study)) };
}
