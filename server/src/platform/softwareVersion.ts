import { createRequire } from 'node:module';

/** Version of Promptseg. */
export const { version: softwareVersion } = createRequire(import.meta.url)('../../package.json') as { version: string };
