import type { Job } from '../../../../server/contract/job.js';
import { hasEnded } from '../../../../server/contract/jobState.js';
import { laterStrings } from '../../client/laterStrings.js';
import type { ActiveSeries } from '../host.js';
import type { JobResult } from '../results/results.js';
import { BoxBar } from './BoxBar.js';
import type { BoxStore } from './boxStore.js';

const texts = laterStrings.box;

interface CorrectingBoxProps {
  readonly boxes: BoxStore;
  readonly result: JobResult;
  readonly segmentNumber: number;
  readonly images: ActiveSeries | undefined;
  /** All jobs of the study. */
  readonly jobs: readonly Job[];
}

/** A box around what a segment of a stored result should be. */
export function CorrectingBox({ boxes, result, segmentNumber, images, jobs }: CorrectingBoxProps) {
  const finding = result.findings.find((each) => each.segmentNumber === segmentNumber);
  const isCorrected = (job: Job) => !hasEnded(job) && job.refinement?.corrects?.job === result.address.jobId;
  return (
    <BoxBar
      boxes={boxes}
      title={texts.correcting(finding?.target.name ?? '')}
      images={images}
      hasName
      throughSlices={false}
      send={texts.correct}
    >
      {jobs.some(isCorrected) && (
        <p className="promptseg-muted" data-promptseg="box-two">
          {texts.two}
        </p>
      )}
    </BoxBar>
  );
}
