import type { Request, RequestHandler } from 'express';
import { recordAudit } from '../database/auditTrail.js';
import type { Database } from '../database/database.js';
import { entryOfTag, tagOfKeyword } from '../dicom/dictionary.js';
import type { ArchiveReads } from '../http/archiveReads.js';
import { principalOf } from '../http/principalOf.js';
import { log } from '../platform/log.js';
import type { AuditEvent } from '../values/auditEvent.js';
import { type Actor, actorOf } from '../values/principal.js';

/**
 * Before the archive proxy: records searches, opened studies and stored objects. If recording fails, the request is not
 * forwarded.
 *
 * It reads the path as sent, below the DICOMweb root (PS3.18, sections 10.4 to 10.6).
 * @param isPassedOn requests that are not DICOMweb are refused later, and not recorded here
 */
export function auditArchiveAccess(
  database: Database,
  reads: ArchiveReads,
  isPassedOn: (request: Request) => boolean,
): RequestHandler {
  return async (request, response, next) => {
    if (!isPassedOn(request)) return next();
    const [path = ''] = request.url.split('?');
    const study = /^\/studies\/([\d.]{1,64})(?:\/|$)/.exec(path)?.[1];
    if (request.method === 'POST') {
      const actor = actorOf(principalOf(request));
      const from = request.ip === undefined ? {} : { address: request.ip };
      // Only the archive's response shows the outcome.
      response.once('close', () => {
        const status = response.writableFinished ? response.statusCode : 'broken off';
        recordStored(status, study, actor, from).catch((error) =>
          log.error({ err: error }, 'a STOW-RS request could not be recorded'),
        );
      });
    } else if (study !== undefined) {
      await reads.opened(request, study);
    } else if (isSearch(path)) {
      await reads.searched(request, queryOf(request, path));
    }
    next();
  };

  async function recordStored(
    status: number | 'broken off',
    study: string | undefined,
    actor: Actor,
    from: Pick<AuditEvent, 'address'>,
  ): Promise<void> {
    await recordAudit(database, {
      kind: 'images-stored',
      actor,
      ...from,
      ...(status === 200 ? { outcome: 'success' } : { outcome: 'serious-failure', reason: `status ${status}` }),
      ...(study !== undefined && { study: { studyInstanceUID: study } }),
    });
  }
}

const isSearch = (path: string): boolean => /^\/(studies|series|instances)\/?$/.test(path);

/**
 * The search keys: only their names, because their values may be a patient's name, ID or birth date. What is no name
 * of a key may be a value too: `?Doe^Jane`.
 */
function queryOf({ query }: Request, path: string): string {
  const keys = [...new Set(Object.keys(query).map((key) => (isKey(key) ? key : 'unknown')))];
  return `${path}${keys.length > 0 ? `?${keys.join('&')}` : ''}`;
}

/** Parameters of a search that are no attributes (PS3.18, section 8.3.4). */
const parameters = new Set(['limit', 'offset', 'includefield', 'fuzzymatching', 'emptyvaluematching', 'accept']);

/** A parameter, or an attribute as keyword or tag, joined by dots into sequences. */
const isKey = (key: string): boolean =>
  parameters.has(key) ||
  (key.length <= 100 &&
    key.split('.').every((name) => tagOfKeyword(name) !== undefined || entryOfTag(name) !== undefined));
