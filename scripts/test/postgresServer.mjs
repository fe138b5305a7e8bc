import { randomUUID } from 'node:crypto';
import pg from 'pg';

/**
 * Runs one statement on a separate connection.
 *
 * @param {string} url
 * @param {string} sql
 * @returns {Promise<pg.QueryResult>}
 */
export async function runOnce(url, sql) {
  const client = new pg.Client(url);
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

/**
 * @param {string} server Address of any database on it.
 * @returns {Promise<string>} The postgres:// address of a new, empty database.
 */
export async function createDatabaseOn(server) {
  const url = new URL(server);
  url.pathname = `test_${randomUUID().replaceAll('-', '')}`;
  await runOnce(server, `CREATE DATABASE ${url.pathname.slice(1)}`);
  return url.href;
}
