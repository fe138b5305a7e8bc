import { useState } from 'react';
import type { Job, SegmentationRequest } from '../../../../server/contract/job.js';
import { useRights } from '../../client/rights.js';
import { strings } from '../../client/strings.js';
import { singleImages } from '../ask/StackSelect.js';

/** The stacks of slices in the job's series, such as echoes or phases, to run again with another one. */
export function StackChoice({ job, onRun }: { job: Job; onRun: (request: SegmentationRequest) => void }) {
  const mayRun = useRights().may('jobs:write');
  const stacks = job.stacks ?? [];
  const used = stacks.find(({ chosen }) => chosen)?.id;
  const [wanted, setWanted] = useState(used);
  if (stacks.length < 2) return null;
  const request = requestForStack(job, wanted);
  return (
    <div className="promptseg-stacks">
      <label>
        <span>{strings.stacks.label(stacks.length, singleImages(stacks))}</span>
        <select value={wanted} disabled={!mayRun} onChange={({ target }) => setWanted(target.value)}>
          {stacks.map(({ id, description }) => (
            <option key={id} value={id}>
              {id === used ? strings.stacks.used(description) : description}
            </option>
          ))}
        </select>
      </label>
      {mayRun && (
        // Never `disabled`, so that it keeps the focus.
        <button type="button" aria-disabled={request === undefined} onClick={() => request && onRun(request)}>
          {strings.stacks.run}
        </button>
      )}
    </div>
  );
}

/** The request of a job with another of its stacks; undefined for the one that it used. */
export function requestForStack(
  { request, stacks = [] }: Pick<Job, 'request' | 'stacks'>,
  stack: string | undefined,
): SegmentationRequest | undefined {
  const other = stacks.find(({ id, chosen }) => id === stack && !chosen);
  return other && { ...request, stack: other.id };
}
