import { PromptsegError } from '../../platform/errors.js';

/** Receivers should accept a message first and process it later (Standard Webhooks recommends 15 to 30 s). */
const responseMs = 20_000;

/**
 * Posts a message. Redirects are refused: the message is only for the receiver in the settings.
 * @throws PromptsegError `webhook-unanswered` if it was not accepted, `webhook-gone` if the receiver wants no more
 * (410); neither contains text of the receiver
 */
export async function postWebhook(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'promptseg', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(responseMs)]),
    });
    await response.body?.cancel();
  } catch (cause) {
    const tooSlow = (cause as Error).name === 'TimeoutError';
    const why = tooSlow ? `did not respond within ${responseMs / 1000} s` : 'cannot be reached';
    throw new PromptsegError('webhook-unanswered', `The receiver ${why}.`, { cause });
  }
  const { status } = response;
  if (response.ok) return;
  const details = { status, ...retryAfterOf(response) };
  if (status === 410)
    throw new PromptsegError('webhook-gone', 'The receiver wants no more messages (410).', { details });
  if (status >= 300 && status < 400)
    throw new PromptsegError(
      'webhook-unanswered',
      `The receiver redirects elsewhere (${status}), which is not followed; use its final address.`,
      { details },
    );
  throw new PromptsegError('webhook-unanswered', `The receiver responded with an error (${status}).`, { details });
}

/** Retry-After in seconds (RFC 9110 section 10.2.3). */
function retryAfterOf({ headers }: Response): { readonly retryAfterSeconds?: number } {
  const asked = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(asked) ? { retryAfterSeconds: Number(asked) } : {};
}
