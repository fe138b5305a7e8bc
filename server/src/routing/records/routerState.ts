import type { Problem } from '#contract/problem.js';
import type { Database } from '../../database/database.js';

/** Why routing waits. */
export interface RouterTrouble {
  readonly since: string;
  readonly code: Problem['code'];
  readonly detail: string;
  readonly nextAttemptAt: string;
}

/** State of the routing server, for the servers that do not route. */
export interface RouterStates {
  failed(problem: Problem, nextAttemptAt: Date): Promise<void>;
  recovered(): Promise<void>;
  trouble(): Promise<RouterTrouble | undefined>;
}

export function createRouterStates(database: Database): RouterStates {
  const name = 'router';
  async function trouble(): Promise<RouterTrouble | undefined> {
    const { rows } = await database.executeSql('SELECT state FROM promptseg.routing_triggers WHERE name = $1', [name]);
    return rows[0]?.state as RouterTrouble | undefined;
  }
  return {
    trouble,
    async failed({ code, detail }, nextAttemptAt) {
      const before = await trouble();
      const since = before?.since ?? new Date().toISOString();
      const state: RouterTrouble = { since, code, detail, nextAttemptAt: nextAttemptAt.toISOString() };
      await database.executeSql(
        `INSERT INTO promptseg.routing_triggers (name, state) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET state = excluded.state`,
        [name, JSON.stringify(state)],
      );
    },
    async recovered() {
      await database.executeSql('DELETE FROM promptseg.routing_triggers WHERE name = $1', [name]);
    },
  };
}
