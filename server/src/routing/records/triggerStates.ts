import type { Database, SqlExecutor } from '../../database/database.js';

export const triggerNames = ['orthanc', 'dicomweb'] as const;
export type TriggerName = (typeof triggerNames)[number];

/** Reading positions of the triggers, stored in the transaction that records their reports. */
export interface TriggerStates {
  /** Undefined if the trigger has never run. */
  load<T extends object>(name: TriggerName): Promise<T | undefined>;
  save(sql: SqlExecutor, name: TriggerName, state: object): Promise<void>;
}

export function createTriggerStates(database: Database): TriggerStates {
  return {
    async load<T extends object>(name: TriggerName) {
      const { rows } = await database.executeSql('SELECT state FROM promptseg.routing_triggers WHERE name = $1', [
        name,
      ]);
      return rows[0]?.state as T | undefined;
    },
    async save(sql, name, state) {
      await sql.executeSql(
        `INSERT INTO promptseg.routing_triggers (name, state) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET state = excluded.state`,
        [name, JSON.stringify(state)],
      );
    },
  };
}
