/**
 * Makes a database behave as if the program was killed at its nth statement within a transaction: uncommitted changes
 * are rolled back.
 *
 * @param {{ transaction: (body: (sql: any) => Promise<any>) => Promise<any> }} database
 * @param {number} statement From 1.
 * @param {() => Promise<never>} kill Runs instead of the statement.
 * @returns {() => void} Restores the database.
 */
export function killAt(database, statement, kill) {
  const { transaction } = database;
  let count = 0;
  database.transaction = (body) =>
    transaction((sql) =>
      body({
        executeSql: (/** @type {string} */ text, /** @type {unknown[]} */ values) =>
          ++count === statement ? kill() : sql.executeSql(text, values),
      }),
    );
  return () => {
    database.transaction = transaction;
  };
}
