import { z } from 'zod';
import { stacksViewSchema } from '#contract/results.js';
import { uidSchema } from '#contract/uid.js';
import { headerOfJson } from '../../dicom/headerOfJson.js';
import type { ArchiveReads } from '../../http/archiveReads.js';
import { requireStudy } from '../../http/principalOf.js';
import { type Route, route } from '../../http/route.js';
import type { Archive } from '../../pacs/archive.js';
import { listStacks } from '../../volume/listStacks.js';

/**
 * `/studies/{study}/series/{series}/stacks`: the stacks of slices in a series, before a run; read from its metadata,
 * without pixels.
 */
export function seriesRoutes(archive: Pick<Archive, 'retrieveMetadata'>, reads: ArchiveReads): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/studies/{study}/series/{series}/stacks',
      operationId: 'listStacks',
      summary:
        'Stacks of slices (echoes, phases, …) in a series, or its single images (radiographs, ultrasound, ' +
        '…); the first is used if a request names none',
      params: z.object({
        study: uidSchema.describe('Study Instance UID'),
        series: uidSchema.describe('Series Instance UID'),
      }),
      responses: { 200: { description: 'Stacks, best first', schema: stacksViewSchema } },
      async handler({ params: { study, series }, request, response, send }) {
        await requireStudy(request, study);
        const left = new AbortController();
        response.once('close', () => left.abort());
        const metadata = await archive.retrieveMetadata(study, series, undefined, left.signal);
        await reads.opened(request, study);
        send(200, { stacks: [...listStacks(metadata.map(headerOfJson))].slice(0, mostListed) });
      },
    }),
  ];
}

/** More than anybody chooses from; a functional MR series may hold thousands of time points. */
const mostListed = 500;
