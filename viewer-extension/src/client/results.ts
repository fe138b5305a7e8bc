import type { FeedbackRequest, Job } from '../../../server/contract/job.js';
import type { EditedView } from '../../../server/contract/results.js';
import { createOverTimeApi, type OverTimeApi } from './overTime.js';
import { jsonOf, type Send } from './request.js';

/** What a result can be taken home as. */
export type ExportKind =
  | 'segmentation'
  | 'rt-structure-set'
  | 'secondary-capture'
  | 'report'
  | 'presentation-state'
  | 'measurements';

/** A result of a job: its own, or an edited one, which `editedSopInstanceUID` names. */
export interface ResultAddress {
  readonly jobId: string;
  readonly editedSopInstanceUID?: string;
}

/** REST calls about the results of a job. Each throws ApiError, or TypeError without a response. */
export interface ResultsApi extends OverTimeApi {
  /** The three planes of the images with the result over them, PNG. */
  picture(result: ResultAddress, signal: AbortSignal): Promise<Blob>;
  /** Under the name that the server gives it. */
  export(result: ResultAddress, kind: ExportKind): Promise<File>;
  /** Deletes the objects from the archive; the job's record stays. */
  deleteResult(result: ResultAddress): Promise<Job>;
  giveFeedback(jobId: string, findingIndex: number, feedback: FeedbackRequest): Promise<Job>;
  /** On everything that the job found. */
  giveFeedbackToAll(jobId: string, feedback: FeedbackRequest): Promise<Job>;
  takeFeedbackBack(jobId: string, findingIndex: number): Promise<Job>;
  /** @param part10 a DICOM SEG with the voxels as they were edited */
  storeEdited(predecessor: ResultAddress, part10: Uint8Array): Promise<EditedView>;
}

const exportPaths: Readonly<Record<ExportKind, string>> = {
  segmentation: 'export/segmentation',
  'rt-structure-set': 'export/rt-structure-set',
  'secondary-capture': 'export/secondary-capture',
  report: 'export/report',
  'presentation-state': 'export/presentation-state',
  measurements: 'measurements.csv',
};

export function createResultsApi(send: Send): ResultsApi {
  const job = (id: string) => `/segmentations/${encodeURIComponent(id)}`;
  const of = (name: string, { editedSopInstanceUID }: ResultAddress) =>
    editedSopInstanceUID === undefined ? '' : `?${new URLSearchParams({ [name]: editedSopInstanceUID })}`;
  const blob = async (response: Promise<Response>) => (await response).blob();
  return {
    ...createOverTimeApi(send),
    picture: (result, signal) =>
      blob(send('GET', `${job(result.jobId)}/picture.png${of('result', result)}`, { accept: 'image/png', signal })),
    async export(result, kind) {
      const path = `${job(result.jobId)}/${exportPaths[kind]}${of('result', result)}`;
      const response = await send('GET', path, { accept: '*/*' });
      const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
      return new File([await response.blob()], name ?? kind);
    },
    deleteResult: ({ jobId, editedSopInstanceUID: edited }) =>
      jsonOf(send('DELETE', `${job(jobId)}/${edited === undefined ? 'result' : `edited/${edited}`}`)),
    giveFeedback: (jobId, findingIndex, feedback) =>
      jsonOf(send('PUT', `${job(jobId)}/feedback/${findingIndex}`, { json: feedback })),
    giveFeedbackToAll: (jobId, feedback) => jsonOf(send('PUT', `${job(jobId)}/feedback`, { json: feedback })),
    takeFeedbackBack: (jobId, findingIndex) => jsonOf(send('DELETE', `${job(jobId)}/feedback/${findingIndex}`)),
    storeEdited: (predecessor, bytes) =>
      jsonOf(
        send('POST', `${job(predecessor.jobId)}/edited${of('predecessor', predecessor)}`, {
          body: { content: new Uint8Array(bytes), contentType: 'application/dicom' },
        }),
      ),
  };
}
