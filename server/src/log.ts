import pino, { type Logger } from 'pino';

/**
 * The log goes to standard error as JSON lines. It never holds names, patient IDs, dates or prompts; UIDs appear at level debug only
 * (`PROMPTSEG_LOG_LEVEL=debug`).
 */
export const log: Logger = pino(
  { name: 'promptseg', level: process.env.PROMPTSEG_LOG_LEVEL ?? 'info' },
  pino.destination({ dest: 2, sync: true }),
);
