/** A name that people recognise. */
export function displayNameOf(claims: Readonly<Record<string, unknown>>): string {
  const candidates = [claims.name, claims.preferred_username, claims.email, claims.client_id, claims.azp, claims.sub];
  const found = candidates.find((each) => typeof each === 'string' && each.trim() !== '') as string | undefined;
  return (found ?? 'unknown').slice(0, 200);
}
