import { findPostgres } from '../setup/postgres.mjs';
import { startTestPostgres } from './postgres.mjs';

/**
 * Starts a PostgreSQL server that the tests of a run share, each with databases of its own
 * (server/src/jobs/testDatabase.testSupport.ts).
 *
 * @param {ReadonlySet<import('./needs.mjs').Need>} needs
 * @returns {Promise<{ environment: Readonly<Record<string, string>>, stop: () => Promise<void> }>} Nothing where no
 * test needs it or PostgreSQL is not installed.
 */
export async function startSharedPostgres(needs) {
  if (!needs.has('sharedPostgres') || findPostgres() === undefined) return { environment: {}, stop: async () => {} };
  const { url, stop } = await startTestPostgres();
  return { environment: { PROMPTSEG_TEST_POSTGRES: url }, stop };
}
