import { describe, expect, it } from '@jest/globals';
import { createUid, uidFromName, uidFromUuid } from './uid.js';

describe('UIDs', () => {
  it('writes a UUID as decimal: the example of PS3.5 section B.2', () => {
    expect(uidFromUuid('f81d4fae-7dec-11d0-a765-00a0c91e6bf6')).toBe('2.25.329800735698586629295641978511506172918');
  });

  it('writes the zero UUID without leading zeros', () => {
    expect(uidFromUuid('00000000-0000-0000-0000-000000000000')).toBe('2.25.0');
  });

  it('derives the UUID of version 5 of RFC 9562 appendix A.4 (DNS, www.example.com)', () => {
    expect(uidFromName('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      uidFromUuid('2ed6657d-e927-568b-95e1-2665a8aea6a2'),
    );
  });

  it('gives the same UID for the same name and another for another', () => {
    const namespace = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    expect(uidFromName(namespace, 'a')).toBe(uidFromName(namespace, 'a'));
    expect(uidFromName(namespace, 'a')).not.toBe(uidFromName(namespace, 'b'));
  });

  it('creates valid, different UIDs', () => {
    const uids = Array.from({ length: 1000 }, createUid);
    expect(new Set(uids).size).toBe(1000);
    for (const uid of uids) expect(uid).toMatch(/^2\.25\.(0|[1-9]\d{0,38})$/);
  });
});
