import type { Database } from '../../database/database.js';
import type { Webhook } from './webhooksFile.js';

/**
 * Registers the webhooks in the database; the transaction that ends a job creates their messages. Webhooks that the
 * settings no longer name are removed with their messages. All servers of a database should have the same settings; the
 * last one to start wins.
 */
export async function registerWebhooks(database: Database, webhooks: readonly Webhook[]): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.executeSql('DELETE FROM promptseg.webhooks WHERE NOT $1::jsonb ? name', [
      JSON.stringify(webhooks.map(({ name }) => name)),
    ]);
    for (const { name, filter } of webhooks)
      await sql.executeSql(
        `INSERT INTO promptseg.webhooks (name, filter) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET filter = excluded.filter`,
        [name, JSON.stringify(filter)],
      );
  });
}
