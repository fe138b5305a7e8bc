/** Runs SQL: on the whole database, or in one transaction. */
export interface SqlExecutor {
  /**
   * Runs one statement with parameters $1, $2 …, or several without; returns the rows of the last one.
   */
  executeSql(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

/** PostgreSQL, in this process or on a server: the interface that the jobs need. */
export interface Database extends SqlExecutor {
  /** True if other processes may use the same database at the same time. */
  readonly shared: boolean;
  /** Runs `body` in one transaction; a throw rolls back. */
  transaction<T>(body: (sql: SqlExecutor) => Promise<T>): Promise<T>;
  /** Runs `body` while no other process runs one: for schema changes. */
  exclusively<T>(body: () => Promise<T>): Promise<T>;
  /** Follows NOTIFY until the database is closed. A lost connection is replaced. */
  listen(notifications: Notifications): Promise<void>;
  close(): Promise<void>;
}

export interface Notifications {
  /** Handlers of payloads, by channel. */
  readonly channels: Readonly<Record<string, (payload: string) => void>>;
  /** Notifications may have been missed: the connection was lost and is back. */
  readonly onGap: () => void;
}

/** Where the jobs are stored. */
export type DatabaseLocation =
  | { readonly kind: 'embedded'; readonly dataFolder: string }
  /** `url`: postgres://user:password@host:port/database */
  | { readonly kind: 'server'; readonly url: string };
