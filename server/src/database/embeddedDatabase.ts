import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import type { Database, SqlExecutor } from './database.js';

/**
 * V8 compiles a function of PGlite's WebAssembly quickly, and again, well, once it has run for a while. With a tenth of
 * this budget, that of Node.js 25 and newer, what runs only at a start and for the first requests was compiled well
 * too: a hundred pairs of statements took 15 ms of processor time each, now 8; after thousands both take 0.9 ms.
 */
setFlagsFromString('--wasm-tiering-budget=130000000');

/**
 * Makes the files private. PGlite requests mode 0666 and sets it regardless of the umask: 968 of the 973 files of an
 * empty database had it.
 */
class PrivateFiles extends NodeFS {
  override async init(...parts: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(...parts);
    const preRun = emscriptenOpts.preRun ?? [];
    return {
      emscriptenOpts: {
        ...emscriptenOpts,
        preRun: [
          ...preRun,
          ({ FS }: { FS: { chmod(path: unknown, mode: number, ...rest: unknown[]): void } }) => {
            const { chmod } = FS;
            FS.chmod = (file, mode, ...rest) => chmod.call(FS, file, mode & ~0o077, ...rest);
          },
        ],
      },
    };
  }
}

/**
 * PostgreSQL in this process (PGlite), with its files in `dataFolder`/database. Acknowledged writes survive SIGKILL.
 * The caller holds the lock of the data folder: PGlite takes none, and two processes on one folder destroy it.
 */
export async function openEmbeddedDatabase(dataFolder: string): Promise<Database> {
  const folder = path.join(dataFolder, 'database');
  // For the folders that PGlite creates; for the whole process, because it may create some at any time.
  process.umask(0o077);
  await mkdir(folder, { recursive: true });
  // Folders of an earlier version were open to everybody.
  await chmod(folder, 0o700);
  const pglite = await PGlite.create({ fs: new PrivateFiles(folder) });
  return {
    ...executor(pglite),
    shared: false,
    transaction: (body) => pglite.transaction((transaction) => body(executor(transaction))),
    exclusively: (body) => body(),
    async listen({ channels }) {
      for (const [channel, notify] of Object.entries(channels)) await pglite.listen(channel, notify);
    },
    close: () => pglite.close(),
  };
}

function executor(connection: PGlite | Transaction): SqlExecutor {
  return {
    async executeSql(text, values) {
      // PGlite computes in this thread, and statements follow each other without a turn of the event loop: a
      // transaction would block all requests for the duration of its statements.
      await nextTurn();
      if (values !== undefined && values.length > 0) {
        const { rows } = await connection.query<Record<string, unknown>>(text, [...values]);
        return { rows };
      }
      // pg-boss sends scripts (BEGIN … COMMIT) without parameters; only exec() runs more than one statement.
      const results = await connection.exec(text);
      return { rows: results.at(-1)?.rows ?? [] };
    },
  };
}
