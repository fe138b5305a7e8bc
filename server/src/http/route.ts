import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { parseInput } from './problems.js';

/** What a route sends with one status. */
export interface RouteResponse {
  readonly description: string;
  /** Schema of a JSON body. */
  readonly schema?: z.ZodType;
  /** Media type of a body that is not JSON; the handler writes it. */
  readonly type?: string;
}

/** A value of a schema, possibly read-only for the sender. */
type Sendable<T> = T extends readonly (infer Element)[]
  ? readonly Sendable<Element>[]
  : T extends object
    ? { readonly [Key in keyof T]: Sendable<T[Key]> }
    : T;
type BodyOf<Sent extends RouteResponse> = Sent extends { readonly schema: infer Schema extends z.ZodType }
  ? [body: Sendable<z.output<Schema>>]
  : [];

type Method = 'get' | 'post' | 'put' | 'delete';

/**
 * One call of the REST API: its input and output, from which validation, types and the OpenAPI document are derived.
 */
export interface RouteDefinition<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Responses extends Readonly<Record<number, RouteResponse>>,
> {
  readonly method: Method;
  /** As in OpenAPI: "/segmentations/{id}", below `/api/v1`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  /** JSON. */
  readonly body?: Body;
  /** Bodies that the handler reads, by media type. */
  readonly accepts?: Readonly<Record<string, z.ZodType>>;
  /** Headers that the handler reads. */
  readonly headers?: z.ZodObject;
  readonly responses: Responses;
  /** @param call.send a JSON body of the status's schema, or none if the status has none */
  readonly handler: (call: {
    readonly params: z.output<Params>;
    readonly query: z.output<Query>;
    readonly body: z.output<Body>;
    readonly request: Request;
    readonly response: Response;
    readonly send: <Status extends keyof Responses & number>(
      status: Status,
      ...body: BodyOf<Responses[Status]>
    ) => void;
  }) => Promise<void> | void;
}

/** A defined route. */
export interface Route
  extends Omit<RouteDefinition<z.ZodObject, z.ZodObject, z.ZodType, never>, 'handler' | 'responses'> {
  readonly responses: Readonly<Record<number, RouteResponse>>;
  readonly handle: (request: Request, response: Response) => Promise<void>;
}

export function route<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  const Responses extends Readonly<Record<number, RouteResponse>>,
>({ handler, ...definition }: RouteDefinition<Params, Query, Body, Responses>): Route {
  const { params, query, body } = definition;
  return {
    ...definition,
    async handle(request, response) {
      const parsed = {
        params: params === undefined ? {} : parseInput(params, request.params),
        query: query === undefined ? {} : parseInput(query, request.query),
        body: body === undefined ? undefined : parseInput(body, request.body),
      } as { params: z.output<Params>; query: z.output<Query>; body: z.output<Body> };
      await handler({
        ...parsed,
        request,
        response,
        send(status, ...sent) {
          const [body] = sent as readonly unknown[];
          if (body === undefined) response.status(status).end();
          else response.status(status).json(body);
        },
      });
    },
  };
}

/** The routes, to mount at `/api/v1`. Literal parts of a path precede parameters. */
export function routerOf(routes: readonly Route[]): Router {
  const router = Router();
  for (const { method, path, handle } of [...routes].sort((a, b) => comparePaths(a.path, b.path)))
    router[method](path.replaceAll(/\{(\w+)\}/g, ':$1'), handle);
  return router;
}

function comparePaths(a: string, b: string): number {
  // "{" sorts after all letters.
  const [left, right] = [a.split('/'), b.split('/')];
  const place = left.findIndex((part, index) => part !== right[index]);
  if (place < 0) return left.length - right.length;
  const [one = '', other = ''] = [left[place], right[place]];
  return Number(one.startsWith('{')) - Number(other.startsWith('{')) || (one < other ? -1 : 1);
}
