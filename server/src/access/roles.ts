import { type Scope, scopes } from '../values/principal.js';

const viewer: readonly Scope[] = ['images:read', 'jobs:read', 'rules:read'];
const researcher: readonly Scope[] = [...viewer, 'images:store', 'jobs:write'];
const rulesAdministrator: readonly Scope[] = [...researcher, 'rules:write'];
/** Only the archive decides which studies a person sees: no role sees all of them. */
const administrator: readonly Scope[] = scopes.filter((scope) => scope !== 'studies:all');

/** What each role may do; `docs/administer/security.md` has the same table. */
export const roles = {
  viewer,
  researcher,
  'rules-administrator': rulesAdministrator,
  administrator,
} as const satisfies Record<string, readonly Scope[]>;

export type Role = keyof typeof roles;

const isRole = (name: unknown): name is Role => typeof name === 'string' && Object.hasOwn(roles, name);

/** All scopes of the roles among the names; other names are ignored. */
export const scopesOfRoles = (names: readonly unknown[]): ReadonlySet<Scope> =>
  new Set(names.filter(isRole).flatMap((role) => roles[role]));

/**
 * The names in a claim.
 * @param path of the claim: `roles`, or `realm_access.roles` for a nested claim; a name with dots is first tried as a
 * whole
 */
export function namesInClaim(claims: Readonly<Record<string, unknown>>, path: string): readonly unknown[] {
  const within = path
    .split('.')
    .reduce<unknown>((value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined), claims);
  const found = Object.hasOwn(claims, path) ? claims[path] : within;
  if (Array.isArray(found)) return found;
  return typeof found === 'string' ? found.split(/[\s,]+/) : [];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
