import { type ErrorCode, errorTable, PromptsegError } from '../errors.js';

/**
 * One call of the REST API.
 * @throws PromptsegError with the code that the server answered, or `server-unreachable`
 */
export async function callApi<T>(server: string, path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(new URL(`/api/v1${path}`, server), {
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  }).catch((cause) => {
    throw new PromptsegError('server-unreachable', `No Promptseg server answers at ${server}.`, { cause });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  throw problemFrom(body, response.status);
}

function problemFrom(body: unknown, status: number): PromptsegError {
  const { code, detail, details } = (body ?? {}) as {
    code?: string;
    detail?: string;
    details?: Record<string, unknown>;
  };
  if (code !== undefined && code in errorTable)
    return new PromptsegError(code as ErrorCode, detail ?? '', details === undefined ? {} : { details });
  return new PromptsegError('server-unreachable', `What answers there is not a Promptseg server (status ${status}).`);
}
