import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request } from 'express';
import type { Bundle } from 'fhir/r4.js';
import { z } from 'zod';
import { readAuditHead, readAuditRows, recordAudit } from '../../database/auditTrail.js';
import type { SqlExecutor } from '../../database/database.js';
import { principalOf } from '../../http/principalOf.js';
import { type Route, route } from '../../http/route.js';
import { actorOf } from '../../values/principal.js';
import { messageOf } from '../auditMessage.js';
import { fhirAuditEvent } from '../fhirAuditEvent.js';
import { listTrail } from '../listTrail.js';
import { verifyTrail } from '../verifyTrail.js';
import { type AuditQuery, anchorsSchema, auditQuerySchema, trailVerdictSchema } from './auditQuery.js';

/**
 * `/audit`: the audit trail, for readers with the scope. Each request is recorded before its response.
 * @param sourceId identifies this installation in the FHIR resources
 */
export function auditRoutes({
  database,
  sourceId,
}: {
  readonly database: SqlExecutor;
  readonly sourceId: string;
}): readonly Route[] {
  const recordRead = (request: Request): Promise<void> =>
    recordAudit(database, {
      kind: 'audit-read',
      actor: actorOf(principalOf(request)),
      ...(request.ip !== undefined && { address: request.ip }),
      outcome: 'success',
      things: [{ type: 'audit-trail', id: `/api/v1${request.path}` }],
    });

  return [
    route({
      method: 'get',
      path: '/audit',
      operationId: 'listAuditEvents',
      summary: 'The audit trail as FHIR R4 AuditEvents, newest first; reading it is recorded',
      query: auditQuerySchema,
      responses: { 200: { description: 'A Bundle with a link to the next page', type: 'application/fhir+json' } },
      async handler({ query, request, response }) {
        await recordRead(request);
        response.type('application/fhir+json').send(JSON.stringify(await bundleOf(query)));
      },
    }),
    route({
      method: 'get',
      path: '/audit/rows',
      operationId: 'exportAuditTrail',
      summary: 'Every row of the audit trail as stored, with its hash, one JSON object per line',
      responses: { 200: { description: 'The rows', type: 'application/x-ndjson' } },
      async handler({ request, response }) {
        await recordRead(request);
        const head = await readAuditHead(database);
        response.type('application/x-ndjson');
        await pipeline(Readable.from(lines(head?.number ?? 0)), response);
      },
    }),
    route({
      method: 'get',
      path: '/audit/verification',
      operationId: 'verifyAuditTrail',
      summary: 'Whether a row of the audit trail was removed, altered, added or moved; the first wrong row',
      query: z.object({ anchor: anchorsSchema.optional() }),
      responses: { 200: { description: 'What was found', schema: trailVerdictSchema } },
      async handler({ query: { anchor = [] }, request, send }) {
        await recordRead(request);
        send(200, await verifyTrail(database, anchor));
      },
    }),
  ];

  /** A page of a FHIR search (hl7.org/fhir/R4/http.html#paging). */
  async function bundleOf(query: AuditQuery): Promise<Bundle> {
    const { cursor, ...filter } = query;
    const before = cursor === undefined ? undefined : Number(cursor);
    const rows = await listTrail(database, { ...filter, before });
    const last = rows.at(-1);
    return {
      resourceType: 'Bundle',
      type: 'searchset',
      link: [
        { relation: 'self', url: addressOf(query) },
        ...(last !== undefined && rows.length === query.limit
          ? [{ relation: 'next', url: addressOf({ ...query, cursor: String(last.number) }) }]
          : []),
      ],
      // FHIR allows no empty array (hl7.org/fhir/R4/json.html).
      ...(rows.length > 0 && {
        entry: rows.map((row) => ({
          resource: fhirAuditEvent(messageOf(row), sourceId),
          search: { mode: 'match' as const },
        })),
      }),
    };
  }

  async function* lines(upTo: number): AsyncGenerator<string> {
    for await (const row of readAuditRows(database, { upTo })) yield `${JSON.stringify(row)}\n`;
  }
}

function addressOf(query: AuditQuery): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return `/api/v1/audit?${new URLSearchParams(Object.fromEntries(given))}`;
}
