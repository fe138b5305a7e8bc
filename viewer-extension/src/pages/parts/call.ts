import { createSend, jsonOf, type RequestOptions } from '../../client/request.js';

const send = createSend(() => ({}), '/api/v1');

/**
 * One call of the REST API.
 * @param path below `/api/v1`
 * @returns the body of the response, undefined if it has none
 * @throws ApiError; TypeError if no response came; the browser's AbortError if the signal ended it
 */
export const call = <Body>(method: string, path: string, options: RequestOptions = {}): Promise<Body> =>
  jsonOf<Body>(send(method, path, options));
