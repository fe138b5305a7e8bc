import type { ErrorCode } from '../../../server/contract/errorTable.js';
import type { Problem } from '../../../server/contract/problem.js';
import { localized } from './localized.js';
import type { TroubleTexts } from './strings/troubleEnglish.js';

/** Something that went wrong, for the reader: what happened, and what to do now. */
export interface Trouble {
  readonly sentence: string;
  readonly nextStep: string;
  /** Of the server's problems, for programs and for support. */
  readonly code?: string;
}

/** The server refused a request; `problem` is empty if something in between did, such as a proxy. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly problem: {
      readonly detail?: string | undefined;
      readonly nextStep?: string | undefined;
      readonly code?: ErrorCode | undefined;
    } = {},
  ) {
    super(problem.detail ?? `status ${status}`);
  }

  /**
   * True where the same request may succeed later: the server is starting, overloaded, or behind a proxy that lost it.
   */
  get passing(): boolean {
    return this.status >= 500 || this.status === 408 || this.status === 429;
  }
}

/** Reads a refusal: problem+json of the server, or whatever a proxy in between sent. */
export async function apiError(response: Response): Promise<ApiError> {
  const body = localized((await response.json().catch(() => undefined)) as Partial<Problem> | null | undefined);
  return new ApiError(response.status, {
    detail: textOf(body?.detail),
    nextStep: textOf(body?.nextStep),
    code: textOf(body?.code) as ErrorCode | undefined,
  });
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * Says in words what went wrong. `fetch` rejects with a TypeError if no response came at all.
 * @param texts in the reader's language
 */
export function troubleIn(texts: TroubleTexts): (error: unknown) => Trouble {
  return (error) => {
    if (error instanceof ApiError) {
      const { detail, nextStep, code } = error.problem;
      const unexplained = texts.refused(error.status);
      return {
        sentence: detail ?? unexplained.sentence,
        nextStep: nextStep ?? unexplained.nextStep,
        ...(code !== undefined && { code }),
      };
    }
    if (error instanceof TypeError) return texts.unreachable;
    return { sentence: error instanceof Error ? error.message : String(error), nextStep: texts.tryAgain };
  };
}
