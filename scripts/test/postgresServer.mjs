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
 * @param {string} [template] The database to copy; nobody is connected to it. Default: an empty one.
 * @returns {Promise<string>} The new database's postgres:// address.
 */
export async function createDatabaseOn(server, template = 'template1') {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await runOnce(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return databaseOn(server, name);
}

/**
 * @param {string} server Address of any database on it.
 * @param {string} name
 */
export function databaseOn(server, name) {
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}
