import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SmallApplication, smallApplication } from '../../server/src/cli/app/smallApplication.testSupport.js';
import { rawRequest } from './rawRequest.js';

/** What every response says to a browser. */
let application: SmallApplication;
beforeAll(async () => {
  application = await smallApplication({
    PROMPTSEG_ALLOWED_HOSTS: 'https://seg.example, plain.example',
    PROMPTSEG_INSECURE: 'true',
  });
});
afterAll(() => application?.close());

/** Its head, by names in lower case; those that came twice are joined. */
async function headOf(target: string, host: string, method = 'GET'): Promise<{ status: number; headers: Headers }> {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close'];
  const { status, text } = await rawRequest(application.url, lines, '', 'head');
  const head = text.split('\r\n\r\n')[0]!.split('\r\n').slice(1);
  return { status, headers: new Headers(head.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string])) };
}

const addresses: readonly (readonly [target: string, status: number])[] = [
  ['/', 200],
  ['/promptseg', 200],
  ['/help', 200],
  ['/jobs', 200],
  ['/rules', 200],
  ['/models', 200],
  ['/cornerstone', 200],
  ['/api', 200],
  ['/app-config.js', 200],
  ['/jobs/jobs.js', 200],
  ['/healthz', 200],
  ['/metrics', 200],
  ['/api/v1/openapi.json', 200],
  ['/api/v1/segmentations', 200],
  ['/api/v1/segmentations/events', 200],
  ['/api/v1/segmentations/x', 400],
  ['/api/v1/nothing', 404],
  ['/dicom-web/studies', 503],
  ['/dicom-web/servers', 404],
  ['/ups-rs/workitems', 204],
  ['/nothing.js', 404],
  ['/%E4', 400],
];

describe('headers', () => {
  it.each(addresses)(
    'of %s (%i): nothing runs that is not ours, and no other page holds or reads it',
    async (target, status) => {
      const found = await headOf(target, 'plain.example');
      const { headers } = found;
      expect(found.status).toBe(status);
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'permissions-policy': expect.stringMatching(
          /^(?=.*\bcamera=\(\))(?=.*\bmicrophone=\(\))(?=.*\bgeolocation=\(\))/,
        ),
        'content-security-policy': expect.stringMatching(/frame-ancestors '(self|none)'/),
      });
      expect(headers.get('content-security-policy')).toMatch(/default-src '(self|none)'/);
      expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
    },
  );

  it.each(addresses)(
    'of %s: https for a year where the settings name it with https, and only there',
    async (target) => {
      const transport = async (host: string): Promise<string | null> =>
        (await headOf(target, host)).headers.get('strict-transport-security');
      // Neither subdomains nor the browsers' own list: those are not ours to speak for.
      expect(await transport('seg.example')).toBe('max-age=31536000');
      expect(await transport('SEG.example.:443')).toBe('max-age=31536000');
      for (const host of ['plain.example', '127.0.0.1', 'localhost'])
        expect([host, await transport(host)]).toEqual([host, null]);
    },
  );

  it('are there where a request is refused, too', async () => {
    const { status, headers } = await headOf('/', 'evil.example');
    expect(status).toBe(421);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toBeNull();
    expect(headers.get('content-type')).toContain('application/problem+json');
  });

  it('of pages with patients let nothing be stored by a browser or a proxy', async () => {
    for (const target of ['/api/v1/segmentations', '/dicom-web/studies', '/ups-rs/workitems', '/api/v1/openapi.json'])
      expect([target, (await headOf(target, '127.0.0.1')).headers.get('cache-control')]).toEqual([target, 'no-store']);
  });
});
