import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type SmallApplication, smallApplication } from './smallApplication.testSupport.js';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly responses: Record<string, { readonly content?: Record<string, object> }>;
}
interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}

let application: SmallApplication;
let document: OpenApi;
beforeAll(async () => {
  application = await smallApplication();
  document = (await (await fetch(`${application.url}/api/v1/openapi.json`)).json()) as OpenApi;
});
afterAll(() => application?.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );

/** Of calls that need one. */
const neededQueries: Readonly<Record<string, string>> = {
  '/drafts': '?study=1.2',
  '/rules/backfills/studies': '?from=2026-01-01&to=2026-01-31',
};

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1, also to a validator of others', async () => {
    const { valid, errors } = await new Validator().validate({ ...structuredClone(document) });
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(document.openapi).toBe('3.1.0');
  });

  it('names each call once and says what it does', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(ids.length).toBeGreaterThan(45);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations()) expect(operation.summary.length).toBeGreaterThan(5);
  });

  it('has labels short enough for a list of calls, and the rest in the description', () => {
    for (const { operation } of operations()) expect(operation.summary.length).toBeLessThan(110);
    expect(document.paths['/segmentations/events']?.get).toMatchObject({
      summary: 'Every change of every job as Server-Sent Events',
      description: expect.stringMatching(/^The first is of type "server", .* are sent first\. .*Scope: `jobs:read`\.$/),
    });
  });

  it('says of every call without parameters what the server then sends', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'api');
    const pointer = (path: string): string => path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B');
    const plain = operations().filter(
      ({ path, method, operation }) =>
        method === 'get' &&
        !path.includes('{') &&
        operation.responses[200]?.content?.['application/json'] !== undefined,
    );
    expect(plain.length).toBeGreaterThan(10);
    for (const { path } of plain) {
      const response = await fetch(`${application.url}/api/v1${path}${neededQueries[path] ?? ''}`);
      expect([path, response.status]).toEqual([path, 200]);
      const validate = ajv.getSchema(`api#/paths/${pointer(path)}/get/responses/200/content/application~1json/schema`)!;
      validate(await response.json());
      expect([path, validate.errors]).toEqual([path, null]);
    }
  });

  it('sends problems as it says', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'api');
    const response = await fetch(`${application.url}/api/v1/models/none/vocabulary`);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const validate = ajv.getSchema('api#/components/schemas/Problem')!;
    validate(await response.json());
    expect(validate.errors).toBeNull();
  });
});
