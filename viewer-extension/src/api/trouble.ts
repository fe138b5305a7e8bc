import { strings } from '../strings.js';

/** Something that went wrong, for the reader: what happened, and what to do now. */
export interface Trouble {
  readonly sentence: string;
  readonly nextStep: string;
}

/** The server refused a request. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly trouble: Trouble,
  ) {
    super(trouble.sentence);
  }

  /** True where the same request may succeed later: the server is starting, overloaded, or behind a proxy that lost it. */
  get passing(): boolean {
    return this.status >= 500 || this.status === 408 || this.status === 429;
  }
}

/** Reads a refusal: problem+json of the server, or whatever a proxy in between answered. */
export async function apiError(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const { detail, nextStep } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const unreadable = strings.trouble.refused(response.status);
  return new ApiError(response.status, {
    sentence: typeof detail === 'string' && detail !== '' ? detail : unreadable.sentence,
    nextStep: typeof nextStep === 'string' ? nextStep : unreadable.nextStep,
  });
}

/** `fetch` rejects with a TypeError where no answer came at all. */
export function toTrouble(error: unknown): Trouble {
  if (error instanceof ApiError) return error.trouble;
  if (error instanceof TypeError) return strings.trouble.unreachable;
  return { sentence: error instanceof Error ? error.message : String(error), nextStep: strings.trouble.tryAgain };
}
