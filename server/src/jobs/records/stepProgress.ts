/** SQL for the state of a step as JSON. */
export const progressOfStep = (alias: string): string => `jsonb_strip_nulls(jsonb_build_object(
  'state', ${alias}.state, 'attempts', ${alias}.attempts,
  'nextAttemptAt', CASE WHEN ${alias}.state = 'waiting' THEN ${isoMoment(`${alias}.next_attempt_at`)} END,
  'deliveredAt', ${isoMoment(`${alias}.delivered_at`)}, 'problem', ${alias}.problem,
  'sent', nullif(${alias}.sent, '[]')))`;

/** SQL for a moment as ISO 8601, in UTC. */
export const isoMoment = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
