import { describe, expect, it } from '@jest/globals';
import { scopes } from '../values/principal.js';
import { namesInClaim, roles, scopesOfRoles } from './roles.js';
import { isCodeFile, routeNeeds } from './scopes.js';

describe('roles', () => {
  it('are made of scopes that a route or a rule of access asks for, and the archive alone shows every study', () => {
    const needed = new Set(
      routeNeeds.flatMap(([, , need]) => (typeof need === 'object' ? [need.scope, need.ofOwn] : [need])),
    );
    for (const scope of roles.viewer) expect(needed).toContain(scope);
    expect(scopes.filter((scope) => !roles.administrator.includes(scope))).toEqual(['studies:all']);
    for (const smaller of ['viewer', 'researcher', 'rules-administrator'] as const)
      for (const scope of roles[smaller]) expect(roles.administrator).toContain(scope);
    expect(roles.viewer.filter((scope) => /write|store|delete|erase|keys/.test(scope))).toEqual([]);
  });

  it.each([
    ['a list', { roles: ['viewer', 'other'] }, 'roles', ['viewer', 'other']],
    ['a list within', { realm_access: { roles: ['viewer'] } }, 'realm_access.roles', ['viewer']],
    ['a name with dots', { 'https://a.example/roles': ['viewer'] }, 'https://a.example/roles', ['viewer']],
    ['a text', { groups: 'viewer, researcher' }, 'groups', ['viewer', 'researcher']],
    ['nothing', {}, 'roles', []],
    ['something else', { roles: { viewer: true } }, 'roles', []],
    ['what every object has', {}, 'constructor.name', []],
  ])('come from a claim that is %s', (_what, claims, path, names) => {
    expect(namesInClaim(claims, path)).toEqual(names);
  });

  it('are those of this list only', () => {
    expect([...scopesOfRoles(['constructor', 'toString', 1, null, 'Viewer', 'jobs:write'])]).toEqual([]);
    expect(scopesOfRoles(['viewer', 'nobody'])).toEqual(new Set(roles.viewer));
  });
});

it.each([
  ['/main.1a2b.js', true],
  ['/MAIN.JS', true],
  ['/assets/font.woff2', true],
  // Express serves it in any case.
  ['/app-config.js', false],
  ['/App-Config.js', false],
  ['/API/v1/models.js', false],
  ['/Dicom-Web/picture.png', false],
])('%s is code that everybody may load: %s', (path, expected) => {
  expect(isCodeFile(path)).toBe(expected);
});
