import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { ModelsView, VocabularyView } from '#contract/models.js';
import { loadAnyPackage } from '../segmenter/packages/modelPackage.js';
import { loadNormsPackage, normsManifestFile } from '../segmenter/packages/normsPackage.js';
import { type ModelKeys, readModelKeys, signPackage } from '../segmenter/packages/packageSignature.js';
import { callApi } from './apiClient.js';
import { callsServer, type ServerOptions } from './options.js';
import { print } from './terminal/print.js';
import { formatTable } from './terminal/table.js';

export function addModelCommands(program: Command): void {
  const models = callsServer(
    program
      .command('models')
      .description('list the installed models, or the structures that one of them knows')
      .argument('[id]', 'model package')
      .argument('[query]', 'beginning or part of a name'),
  ).action(modelsCommand);
  models
    .command('sign')
    .description('sign a model package, or one of norms (Ed25519 over SHA256SUMS)')
    .argument('<folder>')
    .requiredOption('--key <file>', 'private key in PEM, from `openssl genpkey -algorithm ed25519`')
    .action(signModelCommand);
  models
    .command('verify')
    .description('check that a model package, or one of norms, is complete and signed')
    .argument('<folder>')
    .requiredOption('--keys <file>', 'public keys in PEM, as for PROMPTSEG_MODEL_KEYS')
    .action(verifyModelCommand);
}

/** `promptseg models [id [query]]` */
async function modelsCommand(
  id: string | undefined,
  query: string | undefined,
  { server, json }: ServerOptions,
): Promise<void> {
  if (id === undefined) {
    const { models, promptable } = await callApi<ModelsView>(server, '/models');
    print(json, [...models, ...promptable], () =>
      formatTable(
        ['model', 'version', 'modalities', 'targets', 'licence'],
        [...models, ...promptable].map((model) => [
          model.id,
          model.version,
          model.modalities.join(', '),
          'numberOfTargets' in model ? String(model.numberOfTargets) : `takes ${model.takes}`,
          model.licence,
        ]),
      ),
    );
    return;
  }
  const search = new URLSearchParams({ q: query ?? '', limit: '1000' });
  const { targets } = await callApi<VocabularyView>(server, `/models/${encodeURIComponent(id)}/vocabulary?${search}`);
  print(json, targets, () =>
    targets.length === 0
      ? `${id} has no structure with “${query}” in its name.`
      : formatTable(
          ['target', 'code', 'also called'],
          targets.map(({ name, code, synonyms }) => [name, `${code.scheme} ${code.value}`, synonyms.join(', ')]),
        ),
  );
}

/** A model package, or a package of norms. */
const loadPackage = (folder: string, keys: ModelKeys) =>
  existsSync(path.join(folder, normsManifestFile)) ? loadNormsPackage(folder, keys) : loadAnyPackage(folder, keys);

/** `promptseg models sign FOLDER --key FILE`: compares every file with SHA256SUMS, then writes SHA256SUMS.sig. */
async function signModelCommand(folder: string, { key }: { key: string }): Promise<void> {
  await loadPackage(folder, []);
  await signPackage(folder, key);
  process.stdout.write(`${folder} is signed.\n`);
}

/** `promptseg models verify FOLDER --keys FILE` */
async function verifyModelCommand(folder: string, { keys }: { keys: string }): Promise<void> {
  const { manifest } = await loadPackage(folder, await readModelKeys(keys));
  process.stdout.write(`${manifest.id} ${manifest.version} is complete and signed.\n`);
}
