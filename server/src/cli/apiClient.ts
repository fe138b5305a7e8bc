import { type ErrorCode, errorTable } from '#contract/errorTable.js';
import { PromptsegError } from '../platform/errors.js';
import { httpAddressSchema } from '../platform/httpEndpoint.js';

const serverSchema = httpAddressSchema('an API key belongs in PROMPTSEG_KEY');

/**
 * Sends a request to the REST API, with the API key in PROMPTSEG_KEY if it is set.
 * @throws PromptsegError as {@link requestServer}
 */
export const requestApi = (server: string, path: string, init: RequestInit = {}): Promise<Response> =>
  requestServer(server, `/api/v1${path}`, {
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  });

/**
 * Sends a request to the server, with the API key in PROMPTSEG_KEY if it is set.
 * @throws PromptsegError with the server's error code, or `server-unreachable`; `options-invalid` if the address is not
 * valid or contains credentials
 */
export async function requestServer(server: string, path: string, init: RequestInit = {}): Promise<Response> {
  const { PROMPTSEG_KEY: key } = process.env;
  const address = serverSchema.safeParse(server);
  if (!address.success)
    throw new PromptsegError('options-invalid', `The address of the server ${address.error.issues[0]?.message}.`);
  const response = await fetch(new URL(path, address.data), {
    ...init,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...init.headers,
    },
  }).catch((cause) => {
    throw new PromptsegError('server-unreachable', `No Promptseg server responds at ${server}.`, { cause });
  });
  if (response.ok) return response;
  throw problemFrom(await response.json().catch(() => undefined), response.status);
}

/**
 * Calls the REST API and parses the JSON response.
 * @throws PromptsegError as `requestApi`
 */
export async function callApi<T>(server: string, path: string, init: RequestInit = {}): Promise<T> {
  const response = await requestApi(server, path, init);
  const body: unknown = await response.json().catch(() => undefined);
  if (body !== undefined) return body as T;
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
  return new PromptsegError('server-unreachable', `There is no Promptseg server at this address (status ${status}).`);
}
