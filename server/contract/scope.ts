/**
 * Rights of a principal, one scope per kind of request. `server/src/access/scopes.ts` maps every request to its scope;
 * a request without a line there is refused.
 */
export const scopes = [
  /** Find and retrieve studies through `/dicom-web`. */
  'images:read',
  /** Store objects through `/dicom-web`. */
  'images:store',
  /** Read jobs, their results, models and prompts. */
  'jobs:read',
  /** Request, cancel and repeat jobs; edit results; give feedback; save prompt sets. */
  'jobs:write',
  /** Delete stored results in the archive. */
  'results:delete',
  /** Erase the record of a job, with its feedback. */
  'records:erase',
  'rules:read',
  /** Change rules, start and cancel backfills, release parked series, retry deliveries. */
  'rules:write',
  /** The worklist of `/ups-rs`. */
  'workitems',
  'metrics',
  'audit:read',
  /** Create, list and revoke API keys. */
  'keys',
  /**
   * See every study that the server's own credentials can see, even if the archive otherwise decides by the user's
   * token. Only for keys.
   */
  'studies:all',
] as const;

export type Scope = (typeof scopes)[number];
