/**
 * `node scripts/make-env.mjs`: writes random passwords for docker-compose.yml to the file `.env`, which docker compose
 * reads. Existing ones stay, because the databases in the volumes use them.
 */
import './setup/nodeVersion.mjs';

import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './setup/paths.mjs';

const file = path.resolve(process.argv[2] ?? path.join(repository, '.env'));
const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
const missing = ['ORTHANC_PASSWORD', 'POSTGRES_PASSWORD'].filter((name) => !new RegExp(`^${name}=.`, 'm').test(before));
const kept = before === '' || before.endsWith('\n') ? before : `${before}\n`;
// Letters and digits only: one is part of a URL, the other of JSON.
const made = missing.map((name) => `${name}=${randomBytes(24).toString('hex')}\n`).join('');
writeFileSync(file, kept + made, { mode: 0o600 });
chmodSync(file, 0o600);
console.log(missing.length === 0 ? `${file} already has all passwords.` : `${file}: added ${missing.join(', ')}.`);
