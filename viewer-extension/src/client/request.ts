import { localized } from './localized.js';
import { apiError } from './trouble.js';

export interface RequestOptions {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, with its own media type. */
  readonly body?: { readonly content: Uint8Array<ArrayBuffer> | string; readonly contentType: string };
  /** Media type of the response; JSON where absent. */
  readonly accept?: string;
  /** Beside those of the authorization. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

const listeners = new Set<() => void>();

/** Calls the listener whenever the server asks for a sign-in; returns a function that stops it. */
export function whenRefused(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
export const emitRefused = (): void => {
  for (const listener of listeners) listener();
};

/** Sends one request. Throws ApiError if the server refuses it, TypeError if no response came. */
export type Send = (method: string, path: string, options?: RequestOptions) => Promise<Response>;

/**
 * @param authorization headers for each request, asked for each time: tokens expire
 * @param base path or address of the API
 */
export function createSend(authorization: () => Readonly<Record<string, string>>, base: string): Send {
  return async (method, path, { json, body, accept = 'application/json', headers, signal } = {}) => {
    const sent =
      body ?? (json === undefined ? undefined : { content: JSON.stringify(json), contentType: 'application/json' });
    const response = await fetch(`${base}${path}`, {
      method,
      credentials: 'include',
      headers: {
        Accept: accept,
        ...(sent && { 'Content-Type': sent.contentType }),
        ...headers,
        ...authorization(),
      },
      ...(sent && { body: sent.content }),
      ...(signal && { signal }),
    });
    if (response.status === 401) emitRefused();
    if (!response.ok) throw await apiError(response);
    return response;
  };
}

/** The JSON of a response, in the language of the page; undefined if it has no body (204). */
export async function jsonOf<Body>(sending: Promise<Response>): Promise<Body> {
  const response = await sending;
  return response.status === 204 ? (undefined as Body) : localized((await response.json()) as Body);
}
