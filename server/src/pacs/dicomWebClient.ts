import type { IncomingHttpHeaders } from 'node:http';
import { api } from 'dicomweb-client';
import type { DicomJson } from '#contract/dicomJson.js';
import { type ArchiveAuthorization, authorizationHeader } from '../platform/archiveAuthorization.js';
import { PromptsegError } from '../platform/errors.js';
import { readText, sendRequest } from './archiveHttp.js';
import { errorOfStatus } from './responseErrors.js';

export interface DicomWebRoot {
  readonly baseUrl: string;
  readonly authorization?: ArchiveAuthorization | undefined;
}

/** Calls a method of dicomweb-client with the given request. */
type Call = (
  client: InstanceType<typeof api.DICOMwebClient>,
  request: { readonly instance: ArchiveXmlHttpRequest },
) => unknown;

export interface DicomWebResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body; empty if the request was refused. */
  readonly text: string;
}

/**
 * One exchange with the archive: dicomweb-client builds the request, our own connection sends it. Any status is a
 * response.
 * @throws PromptsegError `archive-unreachable`, `archive-broken-answer`, `cancelled`, and those of
 * `authorizationHeader`
 */
export async function exchange(
  { baseUrl, authorization }: DicomWebRoot,
  signal: AbortSignal | undefined,
  call: Call,
): Promise<DicomWebResponse> {
  const instance = new ArchiveXmlHttpRequest(signal);
  const headers = { ...authorizationHeader(authorization), Accept: 'application/dicom+json' };
  const client = new api.DICOMwebClient({ url: baseUrl, headers, verbose: false, singlepart: false });
  try {
    await call(client, { instance });
  } catch (error) {
    // dicomweb-client throws for most statuses; here the caller interprets them.
    if (instance.status === 0) throw instance.failure ?? error;
  }
  return { status: instance.status, headers: instance.headers, text: instance.response };
}

/**
 * The datasets of a response in the DICOM JSON model (PS3.18 annex F); empty if there are none (204, 404, or a success
 * without a body).
 * @throws PromptsegError the archive's errors; `archive-broken-answer` if the response is not a list of datasets or is
 * longer than 64 MiB
 */
export async function datasetsFrom(
  root: DicomWebRoot,
  signal: AbortSignal | undefined,
  call: Call,
): Promise<readonly DicomJson[]> {
  const { status, headers, text } = await exchange(root, signal, call);
  if (status === 204 || status === 404) return [];
  if (status !== 200) throw errorOfStatus(status, headers);
  if (text.trim() === '') return [];
  const datasets = parseJson(text);
  if (!Array.isArray(datasets) || !datasets.every((each) => typeof each === 'object' && each !== null))
    throw new PromptsegError('archive-broken-answer', "The archive's response is not a list of datasets.");
  return datasets;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PromptsegError('archive-broken-answer', "The archive's response is not JSON.", { cause: error });
  }
}

/**
 * The part of XMLHttpRequest that dicomweb-client 0.11 needs for GET requests. It requires one in Node.js too, and has
 * no other way to use our connections.
 *
 * Own code instead of xhr2, which follows redirects with the Authorization header to any host, and does not report why
 * a request failed.
 */
class ArchiveXmlHttpRequest {
  readyState = 0;
  status = 0;
  response = '';
  headers: IncomingHttpHeaders = {};
  /** The error, if there is no response. */
  failure: unknown;
  onreadystatechange: () => void = () => {};

  readonly #signal: AbortSignal | undefined;
  readonly #headers: Record<string, string> = {};
  #url: URL | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** Commas are not encoded: orthanc-dicomweb 1.7 does not split `includefield` at encoded commas. */
  open(_method: 'get', url: string): void {
    this.#url = new URL(url.replaceAll('%2C', ','));
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  /** Keeps dicomweb-client from decoding the body. */
  getResponseHeader(): null {
    return null;
  }

  getAllResponseHeaders(): string {
    return '';
  }

  send(): void {
    this.#receive()
      .catch((error: unknown) => {
        this.failure = error;
        this.status = 0;
      })
      .finally(() => {
        this.readyState = 4;
        this.onreadystatechange();
      });
  }

  async #receive(): Promise<void> {
    const [url, headers] = [this.#url!, this.#headers];
    const response = await sendRequest({ method: 'GET', url, headers, signal: this.#signal });
    if (response.status === 200) this.response = await readText(response);
    else response.close();
    this.status = response.status;
    this.headers = response.headers;
  }
}
