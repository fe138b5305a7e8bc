import type { Database, SqlExecutor } from '../../database/database.js';

/** Another server has taken over routing. */
export class RouterLeaseLost extends Error {
  override readonly name = 'RouterLeaseLost';
}

/**
 * The right to route: exactly one of the servers on a database has it, by the database's clock. A slow server that was
 * replaced cannot write any more, because each of its transactions checks the lease first.
 */
export interface RouterLease {
  /** Takes the lease if it is free, or renews it. @returns whether this server has it now */
  take(): Promise<boolean>;
  /** Keeps it until the end of the transaction. @throws RouterLeaseLost */
  hold(sql: SqlExecutor): Promise<void>;
  /** Lets another server take it at once. */
  release(): Promise<void>;
}

/** The same as the limit for a silent worker. */
const leaseMs = 5000;

export function createRouterLease(database: Database, serverId: string): RouterLease {
  // No other process can use an embedded database: the holder of the lease was an earlier process.
  const free = database.shared ? 'held_until <= now()' : 'true';
  return {
    async take() {
      const { rows } = await database.executeSql(
        `UPDATE promptseg.routing_lease SET holder = $1, held_until = now() + ${leaseMs} * interval '1 millisecond'
         WHERE holder IS NULL OR holder = $1 OR ${free} RETURNING holder`,
        [serverId],
      );
      return rows.length === 1;
    },
    async hold(sql) {
      const { rows } = await sql.executeSql(`SELECT FROM promptseg.routing_lease WHERE holder = $1 FOR SHARE`, [
        serverId,
      ]);
      if (rows.length === 0) throw new RouterLeaseLost('another server routes');
    },
    async release() {
      await database.executeSql('UPDATE promptseg.routing_lease SET holder = NULL WHERE holder = $1', [serverId]);
    },
  };
}
