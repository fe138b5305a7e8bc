import type { Request } from 'express';
import { recordAudit } from '../database/auditTrail.js';
import type { Database } from '../database/database.js';
import type { ArchiveReads } from '../http/archiveReads.js';
import { clientOf } from '../http/clientOf.js';
import { principalOf } from '../http/principalOf.js';
import { actorOf } from '../values/principal.js';
import { createOpenedStudies, quarterOfAnHourMs } from './openedStudies.js';

/** Maximum number of remembered users and queries; the oldest is removed first. */
const mostRemembered = 1000;

/** Reads of the archive as rows of the audit trail. */
export function auditArchiveReads(database: Database): ArchiveReads {
  const studies = createOpenedStudies(database);
  const watched = new Map<string, number>();

  const searched = (request: Request, query: string): Promise<void> =>
    recordAudit(database, {
      kind: 'queried',
      actor: actorOf(principalOf(request)),
      ...(request.ip !== undefined && { address: request.ip }),
      outcome: 'success',
      things: [{ type: 'query', id: query }],
    });

  return {
    opened: (request, study) => studies.record(study, actorOf(principalOf(request)), request.ip),
    searched,
    async watched(request, query) {
      const key = `${clientOf(request)} ${query}`;
      if ((watched.get(key) ?? 0) > Date.now()) return;
      await searched(request, query);
      watched.delete(key);
      const [oldest] = watched.keys();
      if (watched.size >= mostRemembered && oldest !== undefined) watched.delete(oldest);
      watched.set(key, Date.now() + quarterOfAnHourMs);
    },
  };
}
