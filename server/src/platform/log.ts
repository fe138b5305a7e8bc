import pino, { type Logger } from 'pino';
import { escapedJson } from '#contract/shownText.js';
import { errorForLog } from './errorForLog.js';

const standardError = pino.destination({ dest: 2, sync: true });

/**
 * The log goes to standard error as JSON lines. It never contains names, patient IDs, dates or prompts; UIDs appear
 * only at level debug (`PROMPTSEG_LOG_LEVEL=debug`). An error is logged as `err`, never by its message, which may quote
 * any of them. Characters that a terminal would obey are escaped.
 */
export const log: Logger = pino(
  {
    name: 'promptseg',
    level: process.env.PROMPTSEG_LOG_LEVEL ?? 'info',
    serializers: { err: (error: unknown) => errorForLog(error) },
  },
  { write: (line) => void standardError.write(escapedJson(line)) },
);

/** Ends the process on an uncaught error, logged like any other: Node.js would print all its fields. */
export function endAtUncaughtErrors(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (err: unknown) => {
      log.fatal({ err }, 'an uncaught error ends the process');
      process.exit(1);
    });
}
