import { createHash, randomBytes } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { Database } from '../database/database.js';

/** The provider's tokens, and the identity it stated. */
export interface SignedIn {
  readonly subject: string;
  readonly displayName: string;
  /** Names in the roles claim. */
  readonly roles: readonly string[];
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly idToken: string;
  /** When the access token expires, in milliseconds since 1970. */
  readonly accessExpiresAt: number;
}

export interface Session {
  readonly id: string;
  readonly signedIn: SignedIn;
  readonly endsAt: Date;
}

/**
 * Sessions of signed-in people, in the database: every server knows them all, and a sign-out applies everywhere.
 *
 * The cookie is 256 random bits. The database contains their hash, and the tokens encrypted with a key derived from the
 * cookie: a reader of the database, or of a copy, cannot act for anybody.
 */
export interface Sessions {
  /** @returns the cookie's value */
  begin(signedIn: SignedIn, endsAt: Date): Promise<string>;
  /** Undefined if it never existed, was ended or has lasted too long. */
  find(cookie: string): Promise<Session | undefined>;
  /** After a refresh; does nothing if the session has ended meanwhile. */
  renew(cookie: string, signedIn: SignedIn): Promise<void>;
  end(cookie: string): Promise<void>;
}

const encryption = { alg: 'dir', enc: 'A256GCM' } as const;

export function createSessions(database: Database): Sessions {
  return {
    async begin(signedIn, endsAt) {
      await database.executeSql('DELETE FROM promptseg.sessions WHERE ends_at < now()');
      const cookie = randomBytes(32).toString('base64url');
      await database.executeSql('INSERT INTO promptseg.sessions (id, signed_in, ends_at) VALUES ($1, $2, $3)', [
        idOf(cookie),
        await encrypt(signedIn, cookie),
        endsAt.toISOString(),
      ]);
      return cookie;
    },

    async find(cookie) {
      const { rows } = await database.executeSql(
        'SELECT id, signed_in, ends_at FROM promptseg.sessions WHERE id = $1 AND ends_at > now()',
        [idOf(cookie)],
      );
      if (rows[0] === undefined) return undefined;
      const { id, signed_in, ends_at } = rows[0];
      return {
        id: String(id),
        signedIn: await decrypt(String(signed_in), cookie),
        endsAt: new Date(ends_at as string),
      };
    },

    async renew(cookie, signedIn) {
      await database.executeSql('UPDATE promptseg.sessions SET signed_in = $2 WHERE id = $1', [
        idOf(cookie),
        await encrypt(signedIn, cookie),
      ]);
    },

    async end(cookie) {
      await database.executeSql('DELETE FROM promptseg.sessions WHERE id = $1', [idOf(cookie)]);
    },
  };
}

const digest = (purpose: string, cookie: string): Buffer =>
  createHash('sha256').update(`${purpose} ${cookie}`).digest();
const idOf = (cookie: string): string => digest('id', cookie).toString('hex');
const keyOf = (cookie: string): Uint8Array => new Uint8Array(digest('key', cookie));

const encrypt = (signedIn: SignedIn, cookie: string): Promise<string> =>
  new CompactEncrypt(Buffer.from(JSON.stringify(signedIn))).setProtectedHeader(encryption).encrypt(keyOf(cookie));

async function decrypt(signedIn: string, cookie: string): Promise<SignedIn> {
  const { plaintext } = await compactDecrypt(signedIn, keyOf(cookie));
  return JSON.parse(Buffer.from(plaintext).toString()) as SignedIn;
}
