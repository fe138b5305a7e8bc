import { PromptsegError } from '../errors.js';
import { readText, sendRequest } from './archiveHttp.js';

/**
 * As much of XMLHttpRequest as dicomweb-client needs for a search, which asks for one in Node.js too.
 *
 * Own code instead of xhr2: that one follows redirects with the Authorization header to any host, and does not tell why a request failed.
 */
export class ArchiveXmlHttpRequest {
  readyState = 0;
  status = 0;
  responseType = '';
  response: unknown = null;
  /** Why there is no answer. */
  failure: unknown;
  onreadystatechange: () => void = () => {};

  readonly #signal: AbortSignal | undefined;
  readonly #headers: Record<string, string> = {};
  #url: URL | undefined;
  #contentType = '';

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  open(_method: 'get', url: string): void {
    this.#url = new URL(url);
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  getResponseHeader(name: string): string | null {
    return name.toLowerCase() === 'content-type' ? this.#contentType : null;
  }

  getAllResponseHeaders(): string {
    return `content-type: ${this.#contentType}`;
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
    const answer = await sendRequest({ method: 'GET', url: this.#url!, headers: this.#headers, signal: this.#signal });
    const text = await readText(answer);
    this.status = answer.status;
    this.#contentType = answer.headers['content-type'] ?? '';
    if (answer.status === 200) this.response = parseJson(text);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PromptsegError('archive-broken-answer', "The archive's answer to a search is not JSON.", {
      cause: error,
    });
  }
}
