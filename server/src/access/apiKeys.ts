import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from '#contract/apiKey.js';
import { recordAudit } from '../database/auditTrail.js';
import type { Database } from '../database/database.js';
import { toJsonb } from '../jobs/records/jobStore.js';
import { PromptsegError } from '../platform/errors.js';
import type { AuditEvent } from '../values/auditEvent.js';
import { type Actor, actorOf, type Principal, type Scope } from '../values/principal.js';

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date;
}

/** API keys of programs, `psk_<id>_<secret>`. */
export interface ApiKeys {
  /** @returns the key in clear text, which is shown once */
  create(key: NewApiKey, by: Actor): Promise<{ readonly key: ApiKey; readonly secret: string }>;
  /** Newest first, including revoked and expired ones. */
  list(): Promise<readonly ApiKey[]>;
  /** Does nothing if the key was already revoked. @throws PromptsegError `key-not-found` */
  revoke(id: string, by: Actor): Promise<ApiKey>;
  /**
   * @throws PromptsegError `credential-invalid` for an unknown, revoked or expired key; the error does not say which
   */
  identify(secret: string): Promise<{ readonly principal: Principal; readonly expiresAt: Date }>;
}

const prefix = 'psk_';
export const isApiKey = (credential: string): boolean => credential.startsWith(prefix);

const columns = 'id, name, scopes, created_at, created_by, expires_at, revoked_at, revoked_by';

export function createApiKeys(database: Database): ApiKeys {
  return {
    async create({ name, scopes, expiresAt }, by) {
      const id = randomBytes(6).toString('hex');
      // 256 random bits cannot be guessed, so a plain hash is enough.
      const secret = `${prefix}${id}_${randomBytes(32).toString('base64url')}`;
      return database.transaction(async (sql) => {
        const { rows } = await sql.executeSql(
          `INSERT INTO promptseg.api_keys (id, name, hash, scopes, created_by, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${columns}`,
          [
            id,
            name,
            hashOf(secret).toString('hex'),
            JSON.stringify(scopes),
            toJsonb(actorOf(by)),
            expiresAt.toISOString(),
          ],
        );
        await recordAudit(sql, keyChanged(id, by, { change: 'created', scopes: scopes.join(' ') }));
        return { key: keyOf(rows[0]!), secret };
      });
    },

    async list() {
      const { rows } = await database.executeSql(
        `SELECT ${columns} FROM promptseg.api_keys ORDER BY created_at DESC, id LIMIT 1000`,
      );
      return rows.map(keyOf);
    },

    async revoke(id, by) {
      return database.transaction(async (sql) => {
        const { rows: revoked } = await sql.executeSql(
          'UPDATE promptseg.api_keys SET revoked_at = now(), revoked_by = $2::jsonb WHERE id = $1 AND ' +
            'revoked_at IS NULL RETURNING id',
          [id, toJsonb(actorOf(by))],
        );
        if (revoked.length > 0) await recordAudit(sql, keyChanged(id, by, { change: 'revoked' }));
        const { rows } = await sql.executeSql(`SELECT ${columns} FROM promptseg.api_keys WHERE id = $1`, [id]);
        if (rows[0] === undefined) throw new PromptsegError('key-not-found', 'There is no key with this id.');
        return keyOf(rows[0]);
      });
    },

    async identify(secret) {
      const [, id = ''] = /^psk_([0-9a-f]{12})_[\w-]{43}$/.exec(secret) ?? [];
      const { rows } = await database.executeSql(
        'SELECT id, name, scopes, hash, expires_at FROM promptseg.api_keys WHERE id = $1 AND revoked_at IS NULL AND ' +
          'expires_at > now()',
        [id],
      );
      // The id finds the row; the secret is compared in constant time, even if there is no row.
      const kept = Buffer.from(String(rows[0]?.hash ?? ''.padEnd(64, '0')), 'hex');
      if (!timingSafeEqual(hashOf(secret), kept) || rows[0] === undefined)
        throw new PromptsegError('credential-invalid', 'The API key is not known, was revoked or has expired.');
      const { name, scopes, expires_at } = rows[0];
      return {
        principal: { kind: 'key', subject: id, displayName: String(name), scopes: new Set(scopes as Scope[]) },
        expiresAt: new Date(expires_at as string),
      };
    },
  };
}

const keyChanged = (id: string, by: Actor, detail: Readonly<Record<string, string>>): AuditEvent => ({
  kind: 'key-changed',
  actor: actorOf(by),
  outcome: 'success',
  things: [{ type: 'key', id, detail }],
});

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

function keyOf(row: Record<string, unknown>): ApiKey {
  const moment = (value: unknown): string => new Date(value as string).toISOString();
  return {
    id: String(row.id),
    name: String(row.name),
    scopes: row.scopes as Scope[],
    createdAt: moment(row.created_at),
    createdBy: row.created_by as Actor,
    expiresAt: moment(row.expires_at),
    ...(row.revoked_at !== null && { revokedAt: moment(row.revoked_at), revokedBy: row.revoked_by as Actor }),
  };
}
