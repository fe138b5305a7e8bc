import { access, rename } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { moveJobs } from '../jobs/moveJobs.js';
import { openJobs } from '../jobs/openJobs.js';
import { readConfig } from '../platform/config.js';
import { PromptsegError } from '../platform/errors.js';
import { createClosing } from './closing.js';
import { openConfiguredJobs } from './openConfiguredJobs.js';
import { printsJson } from './options.js';
import { print } from './terminal/print.js';

export function addMigrateCommand(program: Command): void {
  printsJson(
    program
      .command('migrate')
      .description('copy everything in a data folder to a PostgreSQL database')
      .option('--from <folder>', 'data folder (default: PROMPTSEG_DATA)')
      .option('--to <url>', 'postgres:// address of an empty database (default: DATABASE_URL)'),
  ).action(migrateCommand);
}

/**
 * `promptseg migrate`: moves all records of a data folder to a PostgreSQL server. The folder's database is kept under
 * another name, so that no server runs the same jobs again.
 * @throws PromptsegError `options-invalid`, `data-folder-in-use`, `database-unreachable`, `database-newer`,
 * `database-not-empty`
 */
async function migrateCommand(options: { from?: string; to?: string; json?: boolean }): Promise<void> {
  const environment = { ...process.env, ...(options.to !== undefined && { DATABASE_URL: options.to }) };
  const { databaseUrl, ...config } = readConfig({ data: options.from }, environment);
  if (databaseUrl === undefined)
    throw new PromptsegError('options-invalid', 'Specify the PostgreSQL server with --to or DATABASE_URL.');
  const embedded = path.join(config.dataFolder, 'database');
  await access(embedded).catch(() => {
    throw new PromptsegError('options-invalid', `There is no Promptseg database in ${config.dataFolder}.`);
  });
  const closing = createClosing();
  try {
    const target = await openJobs({ kind: 'server', url: databaseUrl });
    closing.add(() => target.close());
    const source = await openConfiguredJobs(config);
    closing.add(() => source.close());
    const moved = await moveJobs(source, target);
    await closing.close();
    const kept = `${embedded}-moved-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
    await rename(embedded, kept);
    print(
      options.json,
      { ...moved, kept },
      () => `Moved ${moved.jobs} jobs, ${moved.waiting} of them waiting. The old database is kept in ${kept}.`,
    );
  } finally {
    await closing.close();
  }
}
