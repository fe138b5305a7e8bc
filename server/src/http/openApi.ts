import type { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiComponentsObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import type { Route, RouteResponse } from './route.js';

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** What a call needs. */
export interface OperationSecurity {
  /** For readers. */
  readonly description: string;
  /** Each of them is enough; empty if nothing is needed. */
  readonly security: Record<string, string[]>[];
}

/** Who may call what. */
export interface ApiSecurity {
  readonly schemes: NonNullable<ZodOpenApiComponentsObject['securitySchemes']>;
  readonly ofRoute: (route: Pick<Route, 'method' | 'path'>) => OperationSecurity;
}

interface Description {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** Names for schemas that are used in several places, or contain themselves. */
  readonly schemas: Readonly<Record<string, z.ZodType>>;
  /** Responses for errors of every route. */
  readonly problem: z.ZodType;
  readonly access: ApiSecurity;
}

/** The OpenAPI document of routes mounted at `/api/v1`, generated from what they check and send. */
export function openApiOf(
  routes: readonly Route[],
  { title, version, description, schemas, problem, access }: Description,
): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const each of routes)
    paths[each.path] = { ...paths[each.path], [each.method]: operationOf(each, access.ofRoute(each)) };
  return createDocument({
    openapi: '3.1.0',
    info: { title, version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/api/v1' }],
    paths,
    components: {
      schemas: { ...schemas, Problem: problem },
      securitySchemes: access.schemes,
      responses: {
        Problem: {
          description: 'RFC 9457 problem details',
          content: { 'application/problem+json': { schema: problem } },
        },
      },
    },
  });
}

/** The part before the first semicolon is the label of a call in lists; the rest is read with it. */
const labelled = /^([^;]+)(?:; (.+))?$/s;

function operationOf(
  {
    path,
    operationId,
    summary,
    params,
    query,
    headers,
    body,
    accepts = body && { 'application/json': body },
    responses,
  }: Route,
  { description, security }: OperationSecurity,
): ZodOpenApiOperationObject {
  const [, label = summary, rest] = labelled.exec(summary) ?? [];
  return {
    operationId,
    summary: label,
    description: rest === undefined ? description : `${rest[0]?.toUpperCase()}${rest.slice(1)}. ${description}`,
    security,
    // Groups the calls by subject.
    tags: [path.split('/')[1]!],
    requestParams: { ...(params && { path: params }), ...(query && { query }), ...(headers && { header: headers }) },
    ...(accepts && {
      requestBody: {
        required: true,
        content: Object.fromEntries(Object.entries(accepts).map(([type, schema]) => [type, { schema }])),
      },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(responses).map(([status, sent]) => [status, responseOf(sent)])),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

const responseOf = ({ description, schema, type }: RouteResponse) => ({
  description,
  ...(schema && { content: { 'application/json': { schema } } }),
  ...(type !== undefined && { content: { [type]: { schema: { type: 'string' as const } } } }),
});
