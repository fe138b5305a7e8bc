import { createRemoteJWKSet, jwtVerify } from 'jose';
import { startArchiveProxy } from '../support/archiveProxy.js';
import type { TestOrthanc } from '../support/orthanc.js';
import { audience, type TestProvider } from './openIdProvider.js';

export const serviceToken = 'the token of the service';

export interface ProtectedArchive {
  /** Its DICOMweb root. */
  readonly url: string;
  /** Study Instance UIDs that each subject may see. */
  readonly mayRead: Map<string, readonly string[]>;
  /** Who asked for what, in their order: `ada GET /dicom-web/studies`. */
  readonly asked: string[];
  /** True: it does not respond. */
  away: boolean;
  close(): void;
}

/**
 * Orthanc behind a small proxy that admits the owner of a token to that person's studies. The service may see all
 * studies.
 */
export async function startProtectedArchive(orthanc: TestOrthanc, { issuer }: TestProvider): Promise<ProtectedArchive> {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  const mayRead = new Map<string, readonly string[]>();
  const asked: string[] = [];

  async function subjectOf(authorization = ''): Promise<string | undefined> {
    const token = authorization.replace(/^Bearer /, '');
    if (token === serviceToken) return 'service';
    const verified = await jwtVerify(token, keys, { issuer, audience }).catch(() => undefined);
    return verified?.payload.sub;
  }

  const proxy = await startArchiveProxy(orthanc, async ({ incoming, response, forward }) => {
    if (archive.away) {
      response.destroy();
      return true;
    }
    const subject = await subjectOf(incoming.headers.authorization);
    asked.push(`${subject} ${incoming.method} ${incoming.url}`);
    delete incoming.headers.authorization;
    delete incoming.headers['accept-encoding'];
    if (subject === undefined) {
      incoming.resume();
      response.writeHead(401).end();
      return true;
    }
    if (subject === 'service') return false;
    const own = mayRead.get(subject) ?? [];
    const [, study] = /\/studies\/([\d.]+)/.exec(incoming.url ?? '') ?? [];
    if (study !== undefined && own.includes(study)) return false;
    if (study !== undefined || incoming.method !== 'GET') {
      incoming.resume();
      response.writeHead(403).end();
      return true;
    }
    const { status, body } = await forward();
    const found = status === 200 ? (JSON.parse(body.toString()) as { '0020000D': { Value: [string] } }[]) : [];
    const shown = found.filter((each) => own.includes(each['0020000D'].Value[0]));
    response.writeHead(200, { 'content-type': 'application/dicom+json' }).end(JSON.stringify(shown));
    return true;
  });
  const archive: ProtectedArchive = { url: proxy.url, mayRead, asked, away: false, close: () => proxy.close() };
  return archive;
}
