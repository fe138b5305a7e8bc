import { describe, expect, it } from '@jest/globals';
import { PromptsegError } from '../platform/errors.js';
import { isLoopback, readAccessSettings } from './settings.js';

const oidc = {
  PROMPTSEG_AUTH: 'oidc',
  PROMPTSEG_OIDC_ISSUER: 'https://sso.example',
  PROMPTSEG_OIDC_CLIENT_ID: 'promptseg',
};
const proxy = { PROMPTSEG_AUTH: 'proxy', PROMPTSEG_TRUSTED_PROXIES: '127.0.0.1, 10.1.0.0/16, fd00::/8' };

const reachedAs = (host: string, ...names: string[]) => ({
  host,
  allowedHosts: names.map((name) => ({ name, scheme: 'https' as const })),
});

describe('a server without a log-in', () => {
  it.each(['0.0.0.0', '::', '192.168.0.7', 'promptseg.example', '127.0.0.1.example', '1.127.0.0'])(
    'does not start on %s unless the settings allow it',
    (host) => {
      expect(() => readAccessSettings(reachedAs(host), {})).toThrow(
        expect.objectContaining({ code: 'log-in-missing' }),
      );
      expect(readAccessSettings(reachedAs(host), { PROMPTSEG_INSECURE: 'true' }).logIn).toEqual({
        mode: 'none',
        insecure: true,
      });
      expect(readAccessSettings(reachedAs(host), oidc).logIn.mode).toBe('oidc');
    },
  );

  it('does not start with a name of other machines: a proxy or a tunnel brings them here', () => {
    const behind = reachedAs('127.0.0.1', 'localhost', 'seg.example');
    expect(() => readAccessSettings(behind, {})).toThrow(
      expect.objectContaining({ code: 'log-in-missing', message: expect.stringContaining('as seg.example without') }),
    );
    expect(readAccessSettings(behind, { PROMPTSEG_INSECURE: 'true' }).logIn).toEqual({ mode: 'none', insecure: true });
    expect(readAccessSettings(reachedAs('127.0.0.1', 'localhost', '[::1]'), {}).logIn.mode).toBe('none');
  });

  it.each(['127.0.0.1', '127.8.9.1', '::1', '[::1]', 'localhost'])('starts on %s', (host) => {
    expect(isLoopback(host)).toBe(true);
    expect(readAccessSettings(reachedAs(host), {}).logIn).toEqual({ mode: 'none', insecure: false });
  });
});

describe('settings of access', () => {
  it.each([
    ['a mode that is none', { PROMPTSEG_AUTH: 'basic' }, 'PROMPTSEG_AUTH'],
    ['oidc without an issuer', { ...oidc, PROMPTSEG_OIDC_ISSUER: '' }, 'PROMPTSEG_OIDC_ISSUER'],
    ['oidc without a client', { ...oidc, PROMPTSEG_OIDC_CLIENT_ID: undefined }, 'PROMPTSEG_OIDC_CLIENT_ID'],
    ['an issuer without TLS', { ...oidc, PROMPTSEG_OIDC_ISSUER: 'http://sso.example' }, 'PROMPTSEG_OIDC_ISSUER'],
    [
      'an issuer with a password',
      { ...oidc, PROMPTSEG_OIDC_ISSUER: 'https://a:b@sso.example' },
      'PROMPTSEG_OIDC_ISSUER',
    ],
    ['an issuer that is none', { ...oidc, PROMPTSEG_OIDC_ISSUER: 'sso.example' }, 'PROMPTSEG_OIDC_ISSUER'],
    ['a proxy that is not named', { ...proxy, PROMPTSEG_TRUSTED_PROXIES: '' }, 'PROMPTSEG_TRUSTED_PROXIES'],
    ['proxies that are no addresses', { ...proxy, PROMPTSEG_TRUSTED_PROXIES: 'nginx' }, 'PROMPTSEG_TRUSTED_PROXIES'],
    ['a network that is none', { ...proxy, PROMPTSEG_TRUSTED_PROXIES: '10.0.0.0/33' }, 'PROMPTSEG_TRUSTED_PROXIES'],
    ['a header that is none', { ...proxy, PROMPTSEG_USER_HEADER: 'x user' }, 'PROMPTSEG_USER_HEADER'],
    ['a script to sign out', { ...proxy, PROMPTSEG_SIGN_OUT_URL: 'javascript:alert(1)' }, 'PROMPTSEG_SIGN_OUT_URL'],
    ['another host by a path', { ...proxy, PROMPTSEG_SIGN_OUT_URL: '/\\evil.example' }, 'PROMPTSEG_SIGN_OUT_URL'],
    ['a password for all', { ...proxy, PROMPTSEG_SIGN_OUT_URL: 'https://a:b@sso.example' }, 'PROMPTSEG_SIGN_OUT_URL'],
    ['tokens of nobody', { PROMPTSEG_ARCHIVE_FORWARD_TOKEN: 'true' }, 'PROMPTSEG_ARCHIVE_FORWARD_TOKEN'],
    ['a flag that is none', { PROMPTSEG_INSECURE: 'yes' }, 'PROMPTSEG_INSECURE'],
  ])('with %s are refused by name', (_what, environment, name) => {
    const read = () => readAccessSettings(reachedAs('127.0.0.1'), environment);
    expect(read).toThrow(PromptsegError);
    expect(read).toThrow(expect.objectContaining({ code: 'setting-invalid', message: expect.stringContaining(name) }));
  });

  it('allow a provider without TLS on this machine, for tests', () => {
    const { logIn } = readAccessSettings(reachedAs('127.0.0.1'), {
      ...oidc,
      PROMPTSEG_OIDC_ISSUER: 'http://127.0.0.1:9000',
    });
    expect(logIn).toMatchObject({ mode: 'oidc', sessionHours: 12, rolesClaim: 'roles' });
  });
});
