import { Webhook } from 'standardwebhooks';
import type { Job } from '#contract/job.js';

/** The message that a webhook gets when a job ends. */
export interface WebhookPayload {
  /** "segmentation.completed", "segmentation.failed" or "segmentation.cancelled" */
  readonly type: `segmentation.${Job['state']}`;
  /** When the job ended. */
  readonly timestamp: string;
  /** The same at every attempt: these members do not change after the end of the job. */
  readonly data: Omit<Job, 'deliveries' | 'lastEventId'> | JobWithoutPrompts;
}

/** @param withPrompts whether the webhook's settings request the typed prompts */
export function payloadOf({ deliveries: _, lastEventId: __, ...job }: Job, withPrompts: boolean): WebhookPayload {
  const data = withPrompts ? job : withoutPrompts(job);
  return { type: `segmentation.${job.state}`, timestamp: job.endedAt ?? job.createdAt, data };
}

export type JobWithoutPrompts = ReturnType<typeof withoutPrompts>;

/**
 * The members of a job that contain no typed text, because people may type a patient's name: targets by their names in
 * the vocabulary, measurements, UIDs and codes. Listed one by one, so members added by a later version are not sent.
 */
function withoutPrompts(job: Omit<Job, 'deliveries' | 'lastEventId'>) {
  const { request, result, problem, findings } = job;
  const { studyInstanceUID, seriesInstanceUID, model, output, priority, destinations } = request;
  return {
    id: job.id,
    state: job.state,
    request: { studyInstanceUID, seriesInstanceUID, model, output, priority, destinations },
    createdAt: job.createdAt,
    startedAt: job.startedAt,
    endedAt: job.endedAt,
    rerunOf: job.rerunOf,
    rule: job.rule,
    numberOfInstances: job.numberOfInstances,
    model: job.model,
    executionProvider: job.executionProvider,
    stageTimes: job.stageTimes,
    findings: findings.map((finding) => {
      const target = 'target' in finding && finding.target.freeText === undefined ? finding.target : undefined;
      if (finding.status !== 'found') return { status: finding.status, target };
      const { prompt: _, target: __, ...measured } = finding;
      return { ...measured, target };
    }),
    result: result && {
      studyInstanceUID: result.studyInstanceUID,
      seriesInstanceUID: result.seriesInstanceUID,
      sopInstanceUID: result.sopInstanceUID,
      sopClassUID: result.sopClassUID,
      bytes: result.bytes,
      alsoStored: result.alsoStored.map(({ seriesDescription: _, ...object }) => object),
    },
    problem: problem && { type: problem.type, code: problem.code, title: problem.title, nextStep: problem.nextStep },
  };
}

/**
 * The headers of a message by Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks, "Webhook
 * headers"), signed by its own library.
 * @param id the same for every attempt, so a receiver can recognise duplicates
 */
export function signedHeaders(
  { id, body, key }: { readonly id: string; readonly body: string; readonly key: Uint8Array },
  now: Date,
): Readonly<Record<string, string>> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(key, { format: 'raw' }).sign(id, now, body),
  };
}
