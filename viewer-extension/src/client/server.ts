/** Origin of the server; empty for the one that the page is from. */
let origin = '';

/**
 * Names the server, for a viewer that another one serves. Call it before the panel is made.
 * @param address its origin, `https://seg.example`
 * @throws TypeError if it is not the address of an origin
 */
export function nameServer(address: string): void {
  const { protocol, origin: named } = new URL(address);
  if (!/^https?:$/.test(protocol)) throw new TypeError(address);
  origin = named === location.origin ? '' : named;
}

/** Whether the page is from another server. */
export const isElsewhere = (): boolean => origin !== '';

/** The address of a path on the server. */
export const onServer = (path: string): string => `${origin}${path}`;
