/**
 * What the shipped network sees in series, in a process of its own, with the compiled server: Jest has array types of
 * its own, which ONNX Runtime refuses. Prints JSON.
 * node lookAtSeries.mjs MODELS SERIES_FOLDER… (with "upside down:" before a folder whose head and sides are exchanged)
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fieldOfViewIn } from '../../server/dist/segmenter/fieldOfView/openFieldOfView.js';
import { loadModelPackage } from '../../server/dist/segmenter/packages/modelPackage.js';
import { lookAtSource } from '../../server/dist/story/imageShows/lookAtSource.js';
import { assembleVolume } from '../../server/dist/volume/assembleVolume.js';

const [models, ...folders] = process.argv.slice(2);
const { signal } = new AbortController();
const finder = fieldOfViewIn(path.join(models, 'field-of-view'), []);
const packages = await Promise.all(['head', 'body'].map((id) => loadModelPackage(path.join(models, id))));

async function* instances(/** @type {string} */ folder) {
  for (const name of readdirSync(folder).sort()) {
    const content = new Uint8Array(readFileSync(path.join(folder, name)));
    if (Buffer.from(content.subarray(128, 132)).toString() === 'DICM') yield content;
  }
}

const upsideDown = /^upside down:/;
for (const folder of folders) {
  const volume = await assembleVolume(instances(folder.replace(upsideDown, '')), { signal });
  if (upsideDown.test(folder)) {
    const turned = volume.grid.voxelToLps.map((value, n) => (n < 4 || (n >= 8 && n < 12) ? -value : value));
    volume.grid = { ...volume.grid, voxelToLps: turned };
  }
  const { shows, cautions, notes, whyNotShown } = await lookAtSource(volume, finder, signal);
  const reasons = packages.flatMap((model) =>
    model.vocabulary.targets.map((target) => [`${model.manifest.id}/${target.id}`, whyNotShown(target, model)]),
  );
  console.log(JSON.stringify({ shows, cautions, notes, whyNotShown: Object.fromEntries(reasons) }));
}
