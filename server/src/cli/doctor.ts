import { access } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Command } from 'commander';
import { openPostgresDatabase } from '../database/postgresDatabase.js';
import { createDicomWebArchive } from '../pacs/dicomWebArchive.js';
import { type Config, type ConfigOptions, readConfig } from '../platform/config.js';
import { numberUnderstood } from '../prompts/numberUnderstood.js';
import { shippedPresets } from '../prompts/presets.js';
import { readPresets } from '../prompts/presetsFile.js';
import { readRuleFile } from '../routing/rules/ruleFile.js';
import { readWebhooks } from '../routing/webhooks/webhooksFile.js';
import { loadModelPackages } from '../segmenter/packages/modelPackage.js';
import { type Check, failed } from './check.js';
import { checkAccess } from './checkAccess.js';
import { checkAudit } from './checkAudit.js';
import { checkDataFolder } from './checkDataFolder.js';
import { checkGpu } from './checkGpu.js';
import { openConfiguredDestinations } from './openConfiguredDestinations.js';
import { printsJson, runsServer } from './options.js';
import { print } from './terminal/print.js';

export function addDoctorCommand(program: Command): void {
  printsJson(
    runsServer(program.command('doctor')).description('check this installation and say how to correct what is wrong'),
  ).action(doctorCommand);
}

/** `promptseg doctor`: exit code 1 if something would prevent the server from working. */
async function doctorCommand({ json, ...options }: ConfigOptions & { json?: boolean }): Promise<void> {
  const config = readConfig(options);
  const checks = (
    await Promise.all([
      checkNode(),
      checkArchive(config),
      checkDestinations(config),
      checkWebhooks(config),
      checkRuleFile(config),
      checkModels(config),
      checkPresets(config),
      checkGpu(config),
      config.databaseUrl === undefined ? checkDataFolder(config) : checkDatabase(config.databaseUrl),
      checkAccess(config),
      checkAudit(config),
      checkViewer(config),
      checkPort(config),
    ])
  ).flat();
  const marks = { ok: '✓', warning: '!', failed: '✗' };
  const lines = checks.map(
    ({ name, state, found, fix }) => `${marks[state]} ${name}: ${found}${fix === undefined ? '' : `\n    ${fix}`}`,
  );
  print(json, checks, () => lines.join('\n'));
  if (checks.some(({ state }) => state === 'failed')) process.exitCode = 1;
}

function checkNode(): Check {
  const name = 'Node.js';
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 11)) return { name, state: 'ok', found: process.version };
  return { name, state: 'failed', found: process.version, fix: 'Install Node.js 20.11 or newer.' };
}

async function checkArchive({ archiveUrl, archiveAuthorization }: Config): Promise<Check> {
  const archive = createDicomWebArchive({
    baseUrl: archiveUrl,
    ...(archiveAuthorization !== undefined && { authorization: archiveAuthorization }),
  });
  try {
    await archive.ping(AbortSignal.timeout(10_000));
    return { name: 'Archive', state: 'ok', found: `${archiveUrl} responds to DICOMweb queries` };
  } catch (error) {
    return failed('Archive', error, `${archiveUrl} does not respond`);
  }
}

/** Queries each and sends nothing. */
async function checkDestinations(config: Config): Promise<Check[]> {
  if (config.destinationsFile === undefined) return [];
  try {
    const destinations = await openConfiguredDestinations(config);
    return await Promise.all(
      destinations.map(async (destination): Promise<Check> => {
        const name = `Destination ${destination.name}`;
        try {
          await destination.check(AbortSignal.timeout(20_000));
          return { name, state: 'ok', found: `${destination.address} responds` };
        } catch (error) {
          return failed(name, error, `${destination.address} does not respond`);
        }
      }),
    );
  } catch (error) {
    return [failed('Destinations', error, 'their file cannot be read')];
  }
}

/** Checks only the settings: a test message would confuse the receivers. */
async function checkWebhooks({ webhooksFile }: Config): Promise<Check[]> {
  if (webhooksFile === undefined) return [];
  try {
    const webhooks = await readWebhooks(webhooksFile);
    return webhooks.map(({ name, url }) => ({
      name: `Webhook ${name}`,
      state: 'ok',
      found: `${new URL(url).origin} is notified when jobs end; its secret is available`,
    }));
  } catch (error) {
    return [failed('Webhooks', error, 'their file cannot be read')];
  }
}

async function checkRuleFile({ rulesFile }: Config): Promise<Check[]> {
  if (rulesFile === undefined) return [];
  const name = 'Rule file';
  try {
    const { length } = await readRuleFile(rulesFile);
    return [{ name, state: 'ok', found: `${length} ${length === 1 ? 'rule' : 'rules'}` }];
  } catch (error) {
    // The server keeps working with the earlier rules.
    return [{ ...failed(name, error, 'cannot be read'), state: 'warning' }];
  }
}

async function checkModels({ modelsFolder }: Config): Promise<Check[]> {
  const { packages, promptable, norms = [], refused } = await loadModelPackages(modelsFolder);
  const good = [...packages, ...promptable].map(
    ({ manifest, vocabulary }): Check => ({
      name: `Model ${manifest.id}`,
      state: 'ok',
      found:
        `version ${manifest.version}, ${vocabulary ? `${vocabulary.targets.length} targets` : 'takes boxes'}, ` +
        `${manifest.modalities.join(', ')}; checksums match`,
    }),
  );
  const tables = norms.map(
    ({ manifest: { id, version, modalities }, rows }): Check => ({
      name: `Norms ${id}`,
      state: 'ok',
      found: `version ${version}, ${rows.length} rows, ${modalities.join(', ')}; checksums match`,
    }),
  );
  const bad = refused.map(({ folder, error }) => failed(`Model ${path.basename(folder)}`, error, 'cannot be read'));
  if (packages.length + refused.length > 0) return [...good, ...tables, ...bad];
  return [
    {
      name: 'Models',
      state: 'failed',
      found: `no model package in ${modelsFolder}`,
      fix: 'Specify the folder with the model packages with --models.',
    },
  ];
}

/** Whether the file can be read, and whether an installed model understands each of its presets. */
async function checkPresets({ presetsFile, modelsFolder }: Config): Promise<Check[]> {
  if (presetsFile === undefined) return [];
  const name = 'Presets';
  try {
    const own = (await readPresets(presetsFile)).filter((preset) => !shippedPresets.includes(preset));
    const { packages } = await loadModelPackages(modelsFolder);
    const lost = own.filter(
      ({ prompts }) => !packages.some(({ vocabulary }) => numberUnderstood(prompts, vocabulary) !== undefined),
    );
    const found = `${own.length} of this site`;
    if (lost.length === 0) return [{ name, state: 'ok', found }];
    return [
      {
        name,
        state: 'warning',
        found: `${found}; no installed model understands all of ${lost.map(({ id }) => id).join(', ')}`,
        fix: 'A preset is offered only if one model understands all of its prompts: split it, or add the model.',
      },
    ];
  } catch (error) {
    return [failed(name, error, 'their file cannot be read')];
  }
}

async function checkDatabase(url: string): Promise<Check> {
  try {
    const database = await openPostgresDatabase(url);
    const { rows } = await database.executeSql('SHOW server_version');
    await database.close();
    return { name: 'Database', state: 'ok', found: `PostgreSQL ${rows[0]?.server_version}` };
  } catch (error) {
    return failed('Database', error, 'PostgreSQL does not respond');
  }
}

async function checkViewer({ viewerFolder }: Config): Promise<Check> {
  const name = 'Viewer';
  if (viewerFolder === undefined)
    return {
      name,
      state: 'warning',
      found: 'none: the pages, /cornerstone and the REST API are served, OHIF is not',
      fix: 'Get OHIF with `node scripts/get-viewer.mjs`, and specify the folder that it prints with --viewer.',
    };
  const present = await access(path.join(viewerFolder, 'index.html')).then(
    () => true,
    () => false,
  );
  if (present) return { name, state: 'ok', found: viewerFolder };
  return { name, state: 'failed', found: `no OHIF in ${viewerFolder}`, fix: '`npm run demo` fetches and unpacks it.' };
}

function checkPort({ host, port }: Config): Promise<Check> {
  const name = 'Port';
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () =>
      resolve({
        name,
        state: 'warning',
        found: `${port} on ${host} is in use`,
        fix: 'Choose another port with --port, unless this is the running Promptseg server.',
      }),
    );
    probe.listen(port, host, () =>
      probe.close(() => resolve({ name, state: 'ok', found: `${port} on ${host} is free` })),
    );
  });
}
